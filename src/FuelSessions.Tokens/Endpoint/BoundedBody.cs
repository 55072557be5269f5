namespace FuelSessions.Tokens.Endpoint;

/// <summary>Reads no more of a body than it was asked to: its length is the server's word only.</summary>
internal static class BoundedBody
{
    /// <summary>The first bytes of a body, up to a limit, and whether that is all of it.</summary>
    internal static async Task<(byte[] Bytes, bool IsAll)> ReadAsync(Stream body, int most, CancellationToken cancellationToken)
    {
        using var read = new MemoryStream();
        byte[] buffer = new byte[8 * 1024];
        while (read.Length <= most)
        {
            int count = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                return (read.ToArray(), true);
            }

            read.Write(buffer, 0, count);
        }

        return (read.ToArray(), false);
    }
}
