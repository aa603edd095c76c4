using Relay.Circuit;
using Relay.Multiformats;
using Relay.TestKit.Wire;

namespace Relay.TestKit.Conformance;

/// <summary>A relay somewhere, known by its address alone, and the peers that a case connects to it. Disposed after the case.</summary>
public sealed class ProbedRelay(Multiaddress address) : IAsyncDisposable
{
    private readonly List<ProbeClient> _clients = [];

    /// <summary>Its id.</summary>
    public PeerId PeerId => address.PeerId ?? throw new ArgumentException($"{address} does not end in /p2p/ID.", nameof(address));

    /// <summary>A peer that is connected to it.</summary>
    public async Task<ProbeClient> ConnectAsync(bool servesStop = true)
    {
        ProbeClient client = await ProbeClient.ConnectAsync(address, servesStop);
        _clients.Add(client);
        return client;
    }

    /// <summary>A peer that holds a reservation on it.</summary>
    public async Task<ProbeClient> ReserveAsync(bool servesStop = true)
    {
        ProbeClient client = await ConnectAsync(servesStop);
        await client.ReserveAsync();
        return client;
    }

    /// <summary>A circuit between two peers of its own: both ends, and what each was told.</summary>
    public async Task<ProbedCircuit> OpenCircuitAsync()
    {
        ProbeClient destination = await ReserveAsync();
        return await OpenCircuitAsync(await ConnectAsync(), destination);
    }

    /// <summary>A circuit between two peers.</summary>
    public static async Task<ProbedCircuit> OpenCircuitAsync(ProbeClient source, ProbeClient destination)
    {
        ProbeStream hop = await source.OpenHopAsync();
        await hop.SendAsync(RawHop.Connect(destination.PeerId));
        (ProbeStream stop, RawMessage request) = await destination.NextStopAsync();
        await stop.SendAsync(RawStop.Answer(Status.Ok));
        RawMessage answer = await hop.ReceiveMessageAsync();
        Expect.Equal(Status.Ok, RawHop.StatusOf(answer), "the status of the answer to CONNECT");
        return new ProbedCircuit(hop, stop, answer, request);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (ProbeClient client in _clients)
            await client.DisposeAsync();
        _clients.Clear();
    }
}
