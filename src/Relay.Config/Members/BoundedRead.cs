namespace Relay.Members;

/// <summary>Reads a stream to its end, up to a bound.</summary>
internal static class BoundedRead
{
    /// <summary>The bytes; null when there are more than <paramref name="most"/>.</summary>
    /// <param name="stream">What to read.</param>
    /// <param name="expected">The length it claims to have, if any: a hint, because files grow while they are read, and devices have none.</param>
    /// <param name="most">The bound.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<byte[]?> ToEndAsync(Stream stream, long? expected, int most, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[Math.Clamp((expected ?? 4095) + 1, 1, most + 1L)];
        int length = 0;
        int read;
        while ((read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false)) > 0)
        {
            length += read;
            if (length > most)
                return null;
            if (length == buffer.Length)
                Array.Resize(ref buffer, (int)Math.Min(2L * length, most + 1L));
        }

        return buffer[..length];
    }
}
