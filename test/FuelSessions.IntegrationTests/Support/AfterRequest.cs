using System.Linq.Expressions;
using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.IntegrationTests.Support;

/// <summary>Calls every public member of what a request was handed.</summary>
internal static class AfterRequest
{
    private static readonly Type[] Handed = [typeof(Session), typeof(ISessionStore), typeof(ISession)];

    /// <summary>Each member with what it answers: the error that it throws, or null.</summary>
    internal static async Task<IReadOnlyList<(string Member, Exception? Error)>> CallAllAsync(params object[] kept)
    {
        List<(string, Exception?)> answers = [];
        foreach (object one in kept)
        {
            foreach (Type type in Handed.Where(type => type.IsInstanceOfType(one)))
            {
                foreach (MethodInfo method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
                {
                    answers.Add(($"{type.Name}.{method}", await ErrorOfAsync(one, method)));
                }
            }
        }

        return answers;
    }

    private static async Task<Exception?> ErrorOfAsync(object one, MethodInfo method)
    {
        MethodInfo called = method.IsGenericMethodDefinition ? method.MakeGenericMethod(typeof(string)) : method;
        try
        {
            object? result = called.Invoke(one, [.. called.GetParameters().Select(Argument)]);
            await (result as Task ?? Task.CompletedTask);
            return null;
        }
        catch (TargetInvocationException error)
        {
            return error.InnerException;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    private static object? Argument(ParameterInfo parameter)
    {
        Type type = parameter.ParameterType;
        return parameter.HasDefaultValue && type != typeof(SessionPath) ? parameter.DefaultValue ?? (type.IsValueType ? Activator.CreateInstance(type) : null)
            : type == typeof(SessionPath) ? (SessionPath)"a"
            : type == typeof(string) || type == typeof(object) ? (parameter.Name is "name" or "value" ? "FlashId" : "a")
            : type == typeof(byte[]) ? Array.Empty<byte>()
            : type == typeof(IEnumerable<string>) ? new[] { "a" }
            : type == typeof(IEnumerable<SessionPath>) ? new SessionPath[] { "a" }
            : type == typeof(IEnumerable<KeyValuePair<SessionPath, object?>>) ? new Dictionary<SessionPath, object?>()
            : type == typeof(IEnumerable<KeyValuePair<string, object?>>) ? new Dictionary<string, object?>()
            : type == typeof(IReadOnlyDictionary<string, object?>) ? new Dictionary<string, object?> { ["flash_id"] = "a" }
            : typeof(Delegate).IsAssignableFrom(type) ? Idle(type)
            : type.IsByRef ? null
            : Activator.CreateInstance(type);
    }

    private static Delegate Idle(Type type)
    {
        MethodInfo invoke = type.GetMethod("Invoke")!;
        return Expression.Lambda(type, Expression.Default(invoke.ReturnType), invoke.GetParameters().Select(p => Expression.Parameter(p.ParameterType))).Compile();
    }
}
