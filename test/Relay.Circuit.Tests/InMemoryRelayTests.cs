using Relay.TestKit.Contracts;
using Relay.TestKit.Network;

namespace Relay.Circuit.Tests;

/// <summary>The contract of the engine, over the in-memory network.</summary>
[TestFixture]
internal sealed class InMemoryRelayTests : CircuitRelayContract
{
    protected override IRelayTestNetwork CreateNetwork() => new InMemoryNetwork();
}
