using System.Net;
using System.Net.Sockets;
using Relay.Circuit;
using Relay.Embedded;
using Relay.Libp2p;
using Relay.Libp2p.Transports;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests.Costs;

/// <summary>A relay on real sockets that are counted, and two peers, of which one has reserved.</summary>
internal sealed class CountedRelay : IAsyncDisposable
{
    // Windows that do not grow: how far they do depends on how the machine is otherwise busy.
    private static readonly Libp2pOptions Options = new() { MaxStreamsPerConnection = 2048, MaxStreamWindow = 256 * 1024 };

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Libp2pNode _node;
    private readonly CircuitRelay _relay;
    private readonly Libp2pNode _source;
    private readonly Libp2pNode _destination;
    private readonly RelayClient _sourceClient;
    private readonly StopService _stop;
    private readonly Multiaddress _address;
    private readonly Task _accepting;

    private CountedRelay(int bufferSize)
    {
        (_node, EmbeddedHost host) = Make();
        var options = new CircuitRelayOptions
        {
            MaxData = null,
            MaxDuration = null,
            MaxTotalCircuits = 2048,
            MaxCircuits = 2048,
            BufferSize = bufferSize,
        };
        _relay = new CircuitRelay(host, options, new AllowAllAcl(), TimeProvider.System);
        (_source, EmbeddedHost sourceHost) = Make();
        (_destination, EmbeddedHost destinationHost) = Make();
        _sourceClient = new RelayClient(sourceHost, TimeProvider.System);
        DestinationClient = new RelayClient(destinationHost, TimeProvider.System);
        _stop = new StopService(destinationHost, SinkAsync, TimeProvider.System);
        _listener.Start();
        _address = Multiaddress.FromEndPoint((IPEndPoint)_listener.LocalEndpoint).WithPeerId(_node.PeerId);
        _accepting = AcceptAsync();
    }

    /// <summary>Both of the relay's connections.</summary>
    public SocketCounts Sockets { get; } = new();

    public CircuitRelayCounts Circuits => _relay.Counts;

    public NodeCounts Node => _node.Counts;

    public RelayClient DestinationClient { get; }

    public PeerId Relay => _node.PeerId;

    public static async Task<CountedRelay> StartAsync(int bufferSize = 64 * 1024)
    {
        var relay = new CountedRelay(bufferSize);
        relay._relay.Start();
        foreach (Libp2pNode node in new[] { relay._node, relay._source, relay._destination })
            await node.StartAsync();
        await relay._source.DialAsync(relay._address);
        await relay._destination.DialAsync(relay._address);
        await Eventually.TrueAsync(() => relay._node.Connections.Count == 2, "both connections");
        await relay.DestinationClient.ReserveAsync(relay.Relay);
        return relay;
    }

    public Task<CircuitStream> OpenCircuitAsync() => _sourceClient.ConnectAsync(Relay, _destination.PeerId);

    /// <summary>Carries so many bytes to the destination and waits until it says that it has them all.</summary>
    public static async Task CarryAsync(CircuitStream circuit, long length, byte[] chunk)
    {
        byte[] header = BitConverter.GetBytes(length);
        await circuit.WriteAsync(header, CancellationToken.None);
        for (long left = length; left > 0; left -= chunk.Length)
            await circuit.WriteAsync(chunk.AsMemory(0, (int)Math.Min(chunk.Length, left)), CancellationToken.None);
        Assert.That(await circuit.ReadAsync(header.AsMemory(0, 1), CancellationToken.None), Is.EqualTo(1), "the destination's word");
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        await _stop.DisposeAsync();
        foreach (Libp2pNode node in new[] { _source, _destination })
            await node.DisposeAsync();
        await _relay.DisposeAsync();
        await _node.DisposeAsync();
        Assert.That(_node.Counts, Is.EqualTo(default(NodeCounts)), "what the relay's node holds when it has stopped");
        Assert.That(_relay.Counts.RentedBuffers, Is.Zero, "what the relay holds when it has stopped");
    }

    private static (Libp2pNode Node, EmbeddedHost Host) Make()
    {
        var identity = IdentityKey.Generate();
        var node = new Libp2pNode(Options, identity);
        return (node, new EmbeddedHost(node, identity));
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptSocketAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            socket.NoDelay = true;
            var raw = new RawConnection(
                new CountingStream(new NetworkStream(socket, ownsSocket: true), Sockets),
                Multiaddress.FromEndPoint((IPEndPoint)socket.LocalEndPoint!),
                Multiaddress.FromEndPoint((IPEndPoint)socket.RemoteEndPoint!));
            await _node.UpgradeAsync(raw, isInitiator: false, expectedPeer: null, CancellationToken.None);
        }
    }

    // Again and again: a length, so many bytes, and one byte back.
    private static async Task SinkAsync(InboundCircuit inbound)
    {
        await using CircuitStream circuit = await inbound.AcceptAsync();
        byte[] buffer = new byte[128 * 1024];
        while (true)
        {
            int header = 0;
            while (header < sizeof(long))
            {
                int count = await circuit.ReadAsync(buffer.AsMemory(header, sizeof(long) - header), CancellationToken.None);
                if (count == 0)
                    return;
                header += count;
            }

            for (long left = BitConverter.ToInt64(buffer); left > 0;)
                left -= await circuit.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), CancellationToken.None);
            await circuit.WriteAsync(buffer.AsMemory(0, 1), CancellationToken.None);
        }
    }
}
