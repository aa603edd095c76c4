namespace Relay.Libp2p.Noise;

/// <summary>The secured channel as a stream, for the one negotiation that runs on it before the muxer takes over.</summary>
internal sealed class NoiseChannelStream(NoiseChannel channel) : DuplexStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        channel.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        channel.WriteAsync(buffer, cancellationToken);

    public override ValueTask CloseWriteAsync(CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("A secured channel closes as a whole.");

    public override void Reset() => channel.Abort();
}
