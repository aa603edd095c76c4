namespace Relay.Libp2p.Tests.Scripting;

/// <summary>Reading streams in tests, each step bounded.</summary>
internal static class StreamExtensions
{
    /// <summary>Reads until the remote has closed its side.</summary>
    public static async Task<byte[]> ReadAllAsync(this Stream stream)
    {
        using var bytes = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer).InTime() is var count and > 0)
            bytes.Write(buffer, 0, count);
        return bytes.ToArray();
    }

    /// <summary>Reads exactly <paramref name="count"/> bytes.</summary>
    public static async Task<byte[]> ReadBytesAsync(this Stream stream, int count)
    {
        byte[] bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes).InTime();
        return bytes;
    }

    /// <summary>The reason for which a read fails.</summary>
    public static StreamError ReadError(this Stream stream) =>
        Assert.ThrowsAsync<StreamException>(async () => await stream.ReadAsync(new byte[1]).InTime())!.Reason;

    /// <summary>The reason for which a write fails.</summary>
    public static StreamError WriteError(this Stream stream) =>
        Assert.ThrowsAsync<StreamException>(async () => await stream.WriteAsync(new byte[1]).InTime())!.Reason;
}
