using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace FuelSessions.Values;

/// <summary>
/// Stacks, from the bottom to the top: the serialiser writes them from the top and pushes them in that order when it reads. Made at run time
/// for each element type; where that can't be, stacks are refused.
/// </summary>
internal sealed class StackInOrder : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => RuntimeFeature.IsDynamicCodeSupported && IsStack(typeToConvert);

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Guarded by IsDynamicCodeSupported.")]
    [UnconditionalSuppressMessage("Trimming", "IL2055", Justification = "As above.")]
    [UnconditionalSuppressMessage("Trimming", "IL2071", Justification = "As above.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "As above.")]
    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options)
    {
        Type element = typeToConvert.GetGenericArguments()[0];
        Type converter = Definition(typeToConvert) == typeof(Stack<>) ? typeof(Plain<>)
            : Definition(typeToConvert) == typeof(ConcurrentStack<>) ? typeof(Concurrent<>) : typeof(Immutable<>);
        return (JsonConverter)Activator.CreateInstance(converter.MakeGenericType(element))!;
    }

    /// <summary>Whether the serialiser itself turns it round.</summary>
    internal static bool IsReversed(Type type)
    {
        for (Type? at = type; at is not null; at = at.BaseType)
        {
            if (IsStack(at) || at == typeof(System.Collections.Stack))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What a stack that is written in order holds; null for anything else.</summary>
    internal static Type? ElementOf(JsonTypeInfo info) =>
        info.Converter.GetType() is { IsGenericType: true, DeclaringType: { } outer } && outer == typeof(StackInOrder) ? info.Type.GetGenericArguments()[0] : null;

    private static bool IsStack(Type type) => Definition(type) is { } definition
        && (definition == typeof(Stack<>) || definition == typeof(ConcurrentStack<>) || definition == typeof(ImmutableStack<>) || definition == typeof(IImmutableStack<>));

    private static Type? Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : null;

    private abstract class Ordered<TStack, T> : JsonConverter<TStack>
        where TStack : class, IEnumerable<T>
    {
        public override TStack? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize(ref reader, (JsonTypeInfo<List<T>>)options.GetTypeInfo(typeof(List<T>))) is { } elements ? Make(elements) : null;

        public override void Write(Utf8JsonWriter writer, TStack value, JsonSerializerOptions options)
        {
            List<T> elements = [.. value];
            elements.Reverse();
            JsonSerializer.Serialize(writer, elements, (JsonTypeInfo<List<T>>)options.GetTypeInfo(typeof(List<T>)));
        }

        protected abstract TStack Make(List<T> elements);
    }

    private sealed class Plain<T> : Ordered<Stack<T>, T>
    {
        protected override Stack<T> Make(List<T> elements) => new(elements);
    }

    private sealed class Concurrent<T> : Ordered<ConcurrentStack<T>, T>
    {
        protected override ConcurrentStack<T> Make(List<T> elements) => new(elements);
    }

    private sealed class Immutable<T> : Ordered<IImmutableStack<T>, T>
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert == typeof(ImmutableStack<T>) || typeToConvert == typeof(IImmutableStack<T>);

        protected override IImmutableStack<T> Make(List<T> elements) => ImmutableStack.CreateRange(elements);
    }
}
