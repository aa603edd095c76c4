using Relay.Circuit.Host;
using Relay.TestKit.Contracts;
using Relay.TestKit.Network;
using Relay.TestKit.Wire;

namespace Relay.Circuit.Tests;

/// <summary>A relay on the in-memory network, for what only that can show: relayed connections, races, faults of the host.</summary>
internal abstract class InMemoryRelayFixture : CircuitRelayFixture
{
    protected new InMemoryNetwork Network => (InMemoryNetwork)base.Network;

    protected new InMemoryHost RelayHost => (InMemoryHost)base.RelayHost;

    protected override IRelayTestNetwork CreateNetwork() => new InMemoryNetwork();

    protected new async Task<InMemoryHost> AddPeerAsync() => (InMemoryHost)await base.AddPeerAsync();

    /// <summary>Sends a request over that very connection, and returns the status of the answer.</summary>
    protected async Task<Status> AskOverAsync(InMemoryConnection connection, InMemoryHost from, RawMessage request)
    {
        await using IHostStream stream = connection.OpenStream(from, CircuitProtocol.Hop);
        await stream.SendAsync(request);
        return RawHop.StatusOf(await ReceiveLastAsync(stream));
    }
}
