using Relay.Circuit.Host;
using Relay.Multiformats;

namespace Relay.TestKit.Network;

/// <summary>A connection between two hosts of the <see cref="InMemoryNetwork"/>.</summary>
public sealed class InMemoryConnection
{
    private readonly Lock _gate = new();
    private readonly List<InMemoryStream> _streams = [];
    private readonly InMemoryHost _dialer;
    private readonly InMemoryHost _listener;
    private readonly Multiaddress _dialerAddress;
    private readonly Multiaddress _listenerAddress;
    private bool _isClosed;

    internal InMemoryConnection(InMemoryHost dialer, Multiaddress dialerAddress, InMemoryHost listener, Multiaddress listenerAddress, bool isRelayed)
    {
        _dialer = dialer;
        _dialerAddress = dialerAddress;
        _listener = listener;
        _listenerAddress = listenerAddress;
        IsRelayed = isRelayed;
    }

    /// <summary>Whether it goes through a relay, as far as the hosts are concerned.</summary>
    public bool IsRelayed { get; }

    /// <summary>Streams that have not ended.</summary>
    public int OpenStreams
    {
        get
        {
            lock (_gate)
                return _streams.Count(s => !s.HasEnded);
        }
    }

    /// <summary>Ends the connection and every stream on it at once. Closing twice does nothing.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            foreach (InMemoryStream stream in _streams)
                stream.End(HostStreamError.ConnectionLost);
        }

        Forget();
    }

    /// <summary>Lets the hosts know that it has ended before its streams do, as when the end is still on its way to them.</summary>
    public void Forget()
    {
        _dialer.Detach(this);
        _listener.Detach(this);
    }

    /// <summary>Opens a stream on this very connection, relayed or not.</summary>
    /// <exception cref="HostStreamException">The connection has ended, or the other host does not serve the protocol.</exception>
    public IHostStream OpenStream(InMemoryHost from, string protocol)
    {
        InMemoryHost to = OtherThan(from);
        var there = new InMemoryPipe(to.Window);
        var back = new InMemoryPipe(from.Window);
        var local = new InMemoryStream(back, there, to.LocalPeer, AddressOf(to), IsRelayed, this);
        var remote = new InMemoryStream(there, back, from.LocalPeer, AddressOf(from), IsRelayed, this);
        lock (_gate)
        {
            if (_isClosed)
                throw new HostStreamException(HostStreamError.ConnectionLost, "The connection has ended.");
            _streams.RemoveAll(s => s.HasEnded);
            _streams.Add(local);
        }

        to.Serve(protocol, remote);
        return local;
    }

    internal InMemoryHost OtherThan(InMemoryHost host) => host == _dialer ? _listener : _dialer;

    private Multiaddress AddressOf(InMemoryHost host) => host == _dialer ? _dialerAddress : _listenerAddress;
}
