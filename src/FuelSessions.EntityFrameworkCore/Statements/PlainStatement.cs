using System.Data.Common;
using Microsoft.EntityFrameworkCore.Storage;

namespace FuelSessions.EntityFrameworkCore.Statements;

/// <summary>A statement as it goes past EF.</summary>
/// <param name="text">With the places of its parameters as the provider wants them.</param>
/// <param name="parameters">In the order of their places.</param>
internal sealed class PlainStatement(string text, IReadOnlyList<PlainParameter> parameters)
{
    internal string Text => text;

    /// <param name="values">By the parameters' names.</param>
    /// <param name="to">Where they are put.</param>
    /// <param name="command">Any of the provider's: it makes them.</param>
    internal void AddParameters(IReadOnlyDictionary<string, object?> values, DbParameterCollection to, DbCommand command)
    {
        for (int index = 0; index < parameters.Count; index++)
        {
            PlainParameter parameter = parameters[index];
            to.Add(parameter.Type.CreateParameter(command, parameter.Title, values[parameter.Name], parameter.IsNullable));
        }
    }
}

/// <param name="Name">What its value is called by.</param>
/// <param name="Title">What the provider calls it; empty where its place says which it is.</param>
internal sealed record PlainParameter(string Name, string Title, RelationalTypeMapping Type, bool IsNullable);
