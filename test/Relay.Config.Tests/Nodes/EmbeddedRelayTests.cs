using Relay.TestKit.Contracts;
using Relay.TestKit.Network;

namespace Relay.Tests.Nodes;

/// <summary>The contract of the engine, over real nodes and sockets.</summary>
[TestFixture]
internal sealed class EmbeddedRelayTests : CircuitRelayContract
{
    protected override IRelayTestNetwork CreateNetwork() => new EmbeddedNetwork();
}
