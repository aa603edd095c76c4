using System.Net;
using System.Net.Sockets;
using Relay.Multiformats;

namespace Relay.Soak.Tests;

/// <summary>
/// A TCP connection of a peer to the relay that the test holds in its hands: it can be reset, or frozen, so that either side is there and says nothing any more,
/// as when a cable is pulled.
/// </summary>
internal sealed class FaultyLink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _frozen = new();
    private readonly IPEndPoint _relay;
    private readonly Task _running;
    private Socket? _toPeer;
    private Socket? _toRelay;

    public FaultyLink(Multiaddress relay)
    {
        if (!relay.TryGetEndPoint(out IPEndPoint? endpoint))
            throw new ArgumentException($"{relay} is no address of a socket.", nameof(relay));
        _relay = endpoint;
        _listener.Start();
        Address = Multiaddress.Parse($"/ip4/127.0.0.1/tcp/{((IPEndPoint)_listener.LocalEndpoint).Port}/p2p/{relay.PeerId}");
        _running = RunAsync();
    }

    /// <summary>The relay's address by way of this link; one connection.</summary>
    public Multiaddress Address { get; }

    /// <summary>Resets both ends (RST).</summary>
    public void Reset()
    {
        foreach (Socket? socket in new[] { _toRelay, _toPeer })
        {
            if (socket is null)
                continue;
            try
            {
                socket.LingerState = new LingerOption(true, 0);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // It has ended already.
            }

            socket.Dispose();
        }
    }

    /// <summary>Carries nothing more, without a word to either side.</summary>
    public void Freeze() => _frozen.Cancel();

    public async ValueTask DisposeAsync()
    {
        await _frozen.CancelAsync();
        _listener.Stop();
        _toPeer?.Dispose();
        _toRelay?.Dispose();
        await _running;
        _frozen.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            _toPeer = await _listener.AcceptSocketAsync(_frozen.Token);
            _toRelay = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await _toRelay.ConnectAsync(_relay, _frozen.Token);
            await Task.WhenAll(CarryAsync(_toPeer, _toRelay), CarryAsync(_toRelay, _toPeer));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The link is over.
        }
    }

    private async Task CarryAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[16 * 1024];
        while (await from.ReceiveAsync(buffer.AsMemory(), _frozen.Token) is var count and > 0)
            await to.SendAsync(buffer.AsMemory(0, count), _frozen.Token);
        to.Shutdown(SocketShutdown.Send);
    }
}
