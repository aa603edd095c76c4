using Relay.Libp2p;
using Relay.TestKit.Wire;

namespace Relay.TestKit.Conformance;

/// <summary>A stream to a relay under probe, past the negotiation of its protocol. Every byte is the case's; every step is bounded in time.</summary>
public sealed class ProbeStream(MuxedStream stream)
{
    /// <summary>How long an end may take that should come at once.</summary>
    private static readonly TimeSpan EndBound = TimeSpan.FromSeconds(10);

    /// <summary>Writes bytes.</summary>
    public Task SendAsync(byte[] bytes) => stream.WriteAsync(bytes).InTime();

    /// <summary>Writes a message behind its length.</summary>
    public Task SendAsync(RawMessage message) => SendAsync(message.ToFrame());

    /// <summary>FIN.</summary>
    public Task FinishAsync() => stream.CloseWriteAsync().InTime();

    /// <summary>RST.</summary>
    public void Reset() => stream.Reset();

    /// <summary>Reads exactly that many bytes.</summary>
    public async Task<byte[]> ReceiveAsync(int count)
    {
        using var bound = new CancellationTokenSource(InTimeExtensions.Bound);
        byte[] bytes = new byte[count];
        try
        {
            await stream.ReadExactlyAsync(bytes, bound.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            throw new ConformanceException($"{count} bytes were to come: {e.Message}");
        }

        return bytes;
    }

    /// <summary>Reads one message as it is on the wire, its length included.</summary>
    public async Task<byte[]> ReceiveFrameAsync()
    {
        List<byte> prefix = [];
        do
            prefix.AddRange(await ReceiveAsync(1));
        while (prefix[^1] >= 0x80);
        int length = 0;
        for (int i = 0; i < prefix.Count; i++)
            length |= (prefix[i] & 0x7f) << (7 * i);
        return [.. prefix, .. await ReceiveAsync(length)];
    }

    /// <summary>Reads one message.</summary>
    public async Task<RawMessage> ReceiveMessageAsync()
    {
        byte[] frame = await ReceiveFrameAsync();
        return RawMessage.Parse(frame.AsSpan(frame.Length >= 0x82 ? 2 : 1));
    }

    /// <summary>Reads to the end, and says how many bytes came and whether it was a reset.</summary>
    public async Task<(long Bytes, bool IsReset)> ReceiveToEndAsync()
    {
        using var bound = new CancellationTokenSource(EndBound);
        long bytes = 0;
        byte[] buffer = new byte[16 * 1024];
        try
        {
            while (await stream.ReadAsync(buffer, bound.Token) is var count and > 0)
                bytes += count;
            return (bytes, false);
        }
        catch (StreamException)
        {
            return (bytes, true);
        }
        catch (OperationCanceledException)
        {
            throw new ConformanceException($"the stream does not end; {bytes} bytes have come");
        }
    }
}
