using System.Reflection;
using FuelSessions.Records;
using Xunit;

namespace FuelSessions.Testing;

/// <summary>Compares records field by field: blocks of bytes by content, and the end within a tolerance.</summary>
internal static class RecordAssert
{
    // By reflection, so that a field which is added to the record can't be forgotten here.
    private static readonly PropertyInfo[] Fields = typeof(SessionRecord).GetProperties(BindingFlags.Public | BindingFlags.Instance);

    internal static void Same(SessionRecord expected, SessionRecord? actual, TimeSpan tolerance)
    {
        Assert.True(actual is not null, "The record is absent.");
        string[] differences =
        [
            .. Fields
                .Where(field => !SameValue(field, field.GetValue(expected), field.GetValue(actual), tolerance))
                .Select(field => $"{field.Name}: {Show(field.GetValue(expected))} became {Show(field.GetValue(actual))}"),
        ];
        Assert.True(differences.Length == 0, $"The record changed. {string.Join("; ", differences)}");
    }

    private static bool SameValue(PropertyInfo field, object? expected, object? actual, TimeSpan tolerance) => (expected, actual) switch
    {
        (ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right) => left.Span.SequenceEqual(right.Span),
        (DateTimeOffset left, DateTimeOffset right) when field.Name == nameof(SessionRecord.Expires) => (left - right).Duration() <= tolerance,
        _ => Equals(expected, actual),
    };

    private static string Show(object? value) => value switch
    {
        null => "null",
        ReadOnlyMemory<byte> bytes => $"{bytes.Length} bytes",
        DateTimeOffset time => time.ToString("O"),
        _ => value.ToString() ?? "",
    };
}
