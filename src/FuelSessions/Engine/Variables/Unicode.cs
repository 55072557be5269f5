namespace FuelSessions.Engine;

/// <summary>Text that would not come back as it was stored.</summary>
internal static class Unicode
{
    /// <exception cref="ArgumentException"><paramref name="text"/> holds half of a surrogate pair, which UTF-8 can't express.</exception>
    internal static void ThrowIfBroken(string text, string what, string parameter)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
            {
                throw new ArgumentException($"{what} holds half of a surrogate pair at index {i} and can't be stored without loss.", parameter);
            }

            i++;
        }
    }
}
