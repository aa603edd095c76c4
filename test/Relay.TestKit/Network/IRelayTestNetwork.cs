using Relay.Circuit.Host;
using Relay.Multiformats;
using Relay.TestKit.Contracts;

namespace Relay.TestKit.Network;

/// <summary>What <see cref="CircuitRelayFixture"/> needs of the network it runs over: in memory, or real nodes on loopback.</summary>
public interface IRelayTestNetwork : IAsyncDisposable
{
    /// <summary>Adds a running host with an identity of its own.</summary>
    ValueTask<IRelayHost> AddHostAsync();

    /// <summary>Where neighbours' connections come from, but for the port.</summary>
    Multiaddress NeighbourAddress { get; }

    /// <summary>Adds a running host whose connections come from the same IP address as every other neighbour's.</summary>
    ValueTask<IRelayHost> AddNeighbourAsync();

    /// <summary>Connects two hosts directly, and returns when both know of it.</summary>
    ValueTask ConnectAsync(IRelayHost dialer, IRelayHost listener);

    /// <summary>Ends all connections of a host, abruptly.</summary>
    ValueTask DisconnectAsync(IRelayHost host);
}
