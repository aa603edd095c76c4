using System.Threading.Channels;
using Relay.Circuit;
using Relay.Libp2p;
using Relay.Multiformats;
using Relay.TestKit.Wire;

namespace Relay.TestKit.Conformance;

/// <summary>A peer of a relay under probe: a node that speaks neither HOP nor STOP by itself.</summary>
public sealed class ProbeClient : IAsyncDisposable
{
    private readonly Libp2pNode _node = new(new Libp2pOptions(), IdentityKey.Generate());
    private readonly Multiaddress _relay;
    private readonly Channel<ProbeStream> _stops = Channel.CreateUnbounded<ProbeStream>();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Connection _connection = null!;

    private ProbeClient(Multiaddress relay) => _relay = relay;

    /// <summary>Who it is.</summary>
    public PeerId PeerId => _node.PeerId;

    /// <summary>Connects to the relay.</summary>
    /// <param name="relay">Its address.</param>
    /// <param name="servesStop">Whether it takes STOP streams.</param>
    public static async Task<ProbeClient> ConnectAsync(Multiaddress relay, bool servesStop = true)
    {
        var client = new ProbeClient(relay);
        if (servesStop)
        {
            client._node.Handle(CircuitProtocol.Stop, stream =>
            {
                client._stops.Writer.TryWrite(new ProbeStream(stream));
                return client._over.Task;
            });
        }

        await client._node.StartAsync();
        client._connection = await client._node.DialAsync(relay).InTime();
        return client;
    }

    /// <summary>The protocols that the relay says it serves.</summary>
    public async Task<IReadOnlyList<string>> ReadProtocolsAsync()
    {
        await Eventually.TrueAsync(() => _connection.RemoteIdentity is not null, "identify");
        return _connection.RemoteIdentity!.Protocols;
    }

    /// <summary>A new HOP stream.</summary>
    public async Task<ProbeStream> OpenHopAsync() => new(await _node.OpenStreamAsync(_connection, CircuitProtocol.Hop).InTime());

    /// <summary>Sends bytes on a HOP stream of their own and reads one answer, after which the stream must end in order.</summary>
    public async Task<RawMessage> AskAsync(byte[] request)
    {
        ProbeStream hop = await OpenHopAsync();
        await hop.SendAsync(request);
        RawMessage answer = await hop.ReceiveMessageAsync();
        await hop.FinishAsync();
        return answer;
    }

    /// <summary>Reserves; the answer must be OK.</summary>
    public async Task<RawMessage> ReserveAsync()
    {
        RawMessage answer = await AskAsync(RawHop.Reserve().ToFrame());
        Expect.Equal(Status.Ok, RawHop.StatusOf(answer), "the status of the answer to RESERVE");
        return answer;
    }

    /// <summary>The next STOP stream, with the message it begins with.</summary>
    public async Task<(ProbeStream Stream, RawMessage Request)> NextStopAsync()
    {
        ProbeStream stream;
        try
        {
            stream = await _stops.Reader.ReadAsync().InTime();
        }
        catch (TimeoutException)
        {
            throw new ConformanceException("the relay opens no STOP stream");
        }

        return (stream, await stream.ReceiveMessageAsync());
    }

    /// <summary>Ends its connection, and makes another.</summary>
    public async Task ReconnectAsync()
    {
        await LeaveAsync();
        _connection = await _node.DialAsync(_relay).InTime();
    }

    /// <summary>Ends its connection.</summary>
    public Task LeaveAsync() => _connection.CloseAsync().InTime();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _over.TrySetResult();
        await _node.DisposeAsync().InTime();
    }
}
