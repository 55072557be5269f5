using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.Benchmarks.Server;

/// <summary>What a session holds beside its counter.</summary>
internal static class SeedData
{
    /// <summary>As many bytes as asked for, in as many variables.</summary>
    internal static KeyValuePair<string, string>[] Of(int bytes, int variables) => bytes == 0
        ? []
        : [.. Enumerable.Range(0, variables).Select(number => KeyValuePair.Create(
            string.Create(CultureInfo.InvariantCulture, $"data{number}"),
            new string('x', bytes / variables)))];

    internal static KeyValuePair<string, string>[] Of(IQueryCollection query) =>
        Of(Number(query, "bytes", 0), Number(query, "variables", 1));

    private static int Number(IQueryCollection query, string name, int otherwise) =>
        query.TryGetValue(name, out var value) ? int.Parse(value!, CultureInfo.InvariantCulture) : otherwise;
}
