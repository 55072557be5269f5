namespace FuelSessions.Values;

/// <summary>Text that would not come back as it was stored.</summary>
internal static class Unicode
{
    /// <exception cref="ArgumentException"><paramref name="text"/> holds half of a surrogate pair, which UTF-8 can't express.</exception>
    internal static void ThrowIfBroken(string text, string what, string parameter)
    {
        if (IndexOfBroken(text) is >= 0 and int index)
        {
            throw new ArgumentException($"{what} holds half of a surrogate pair at index {index} and can't be stored without loss.", parameter);
        }
    }

    /// <summary>Where the first half of a surrogate pair without its other half is; -1 if there is none.</summary>
    internal static int IndexOfBroken(ReadOnlySpan<char> text)
    {
        int i = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        for (; i >= 0 && i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
            {
                return i;
            }

            i++;
        }

        return -1;
    }
}
