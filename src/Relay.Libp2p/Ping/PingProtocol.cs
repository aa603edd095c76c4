using System.Security.Cryptography;

namespace Relay.Libp2p.Ping;

/// <summary>ping 1.0.0 (ping spec): 32 random bytes there, the same 32 back, as often as the dialer likes.</summary>
internal static class PingProtocol
{
    public const string Id = "/ipfs/ping/1.0.0";
    public const int PayloadLength = 32;

    /// <summary>Answers until the remote closes its side or is silent for <paramref name="patience"/>.</summary>
    public static async Task AnswerAsync(DuplexStream stream, TimeSpan patience, TimeProvider time)
    {
        var payload = new byte[PayloadLength];
        while (true)
        {
            using var deadline = Deadline.Start(time, patience, CancellationToken.None);
            int count = await stream.ReadAtLeastAsync(payload, PayloadLength, throwOnEndOfStream: false, deadline.Token).ConfigureAwait(false);
            if (count == 0)
                break;
            if (count < PayloadLength)
                throw new HandshakeException($"The remote sent a ping of {count} bytes.");
            await stream.WriteAsync(payload, deadline.Token).ConfigureAwait(false);
        }

        await stream.CloseWriteAsync().ConfigureAwait(false);
    }

    /// <summary>Sends one ping and waits for its answer.</summary>
    /// <returns>The time it took.</returns>
    /// <exception cref="HandshakeException">The answer is not what was sent.</exception>
    public static async Task<TimeSpan> MeasureAsync(DuplexStream stream, TimeProvider time, CancellationToken cancellationToken)
    {
        byte[] payload = RandomNumberGenerator.GetBytes(PayloadLength);
        var answer = new byte[PayloadLength];
        long started = time.GetTimestamp();
        await stream.WriteAsync(payload, cancellationToken).ConfigureAwait(false);
        await stream.ReadExactlyAsync(answer, cancellationToken).ConfigureAwait(false);
        TimeSpan elapsed = time.GetElapsedTime(started);
        await stream.CloseWriteAsync(cancellationToken).ConfigureAwait(false);
        return answer.AsSpan().SequenceEqual(payload) ? elapsed : throw new HandshakeException("The remote answered a ping with other bytes.");
    }
}
