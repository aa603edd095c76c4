using Relay.Circuit.Host;
using Relay.Multiformats;

namespace Relay.TestKit.Network;

/// <summary>One end of a stream of the <see cref="InMemoryNetwork"/>.</summary>
public sealed class InMemoryStream : IHostStream
{
    private readonly InMemoryPipe _incoming;
    private readonly InMemoryPipe _outgoing;

    internal InMemoryStream(InMemoryPipe incoming, InMemoryPipe outgoing, PeerId remotePeer, Multiaddress remoteAddress, bool isRelayed, object connection)
    {
        _incoming = incoming;
        _outgoing = outgoing;
        RemotePeer = remotePeer;
        RemoteAddress = remoteAddress;
        IsRelayed = isRelayed;
        Connection = connection;
    }

    /// <summary>A stream without hosts: its two ends.</summary>
    public static (InMemoryStream Near, InMemoryStream Far) CreatePair(int window = 64 * 1024)
    {
        var there = new InMemoryPipe(window);
        var back = new InMemoryPipe(window);
        PeerId nobody = IdentityKey.FromSeed(new byte[32]).PeerId;
        Multiaddress nowhere = Multiaddress.Parse("/ip4/192.0.2.255/tcp/1");
        return (new InMemoryStream(back, there, nobody, nowhere, false, there), new InMemoryStream(there, back, nobody, nowhere, false, there));
    }

    /// <inheritdoc/>
    public PeerId RemotePeer { get; }

    /// <inheritdoc/>
    public Multiaddress RemoteAddress { get; }

    /// <inheritdoc/>
    public bool IsRelayed { get; }

    /// <inheritdoc/>
    public object Connection { get; }

    /// <inheritdoc/>
    public long BytesSent => _outgoing.Taken;

    /// <summary>Whether the stream has ended: closed by both sides, reset or lost.</summary>
    public bool HasEnded => _incoming.IsBroken || (_incoming.IsFinished && _outgoing.IsFinished);

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _incoming.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => _outgoing.WriteAsync(data, cancellationToken);

    /// <inheritdoc/>
    public ValueTask CloseWriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            _outgoing.Finish();
            return ValueTask.CompletedTask;
        }
        catch (HostStreamException e)
        {
            return ValueTask.FromException(e);
        }
    }

    /// <inheritdoc/>
    public void Reset() => End(HostStreamError.Reset);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Reset();
        return ValueTask.CompletedTask;
    }

    /// <summary>Breaks both directions; a stream that both sides have closed is over and stays as it is.</summary>
    internal void End(HostStreamError error)
    {
        if (HasEnded)
            return;
        _incoming.Break(error);
        _outgoing.Break(error);
    }
}
