using Relay.Circuit.Host;
using Relay.Multiformats;

namespace Relay.Circuit.Tests.Splicing;

/// <summary>A stream whose writes fail as no stream's may.</summary>
internal sealed class BrokenStream(IHostStream inner) : IHostStream
{
    public PeerId RemotePeer => inner.RemotePeer;

    public Multiaddress RemoteAddress => inner.RemoteAddress;

    public bool IsRelayed => inner.IsRelayed;

    public object Connection => inner.Connection;

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => inner.ReadAsync(buffer, cancellationToken);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => throw new NotSupportedException("broken");

    public ValueTask CloseWriteAsync(CancellationToken cancellationToken) => inner.CloseWriteAsync(cancellationToken);

    public void Reset() => inner.Reset();

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
