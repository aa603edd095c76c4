using Relay;

namespace Membership;

/// <summary>The nodes of this sample.</summary>
internal static class Nodes
{
    /// <summary>A peer that serves nobody and uses other relays.</summary>
    public static async Task<RelayNode> StartPeerAsync()
    {
        var config = new Config { ListenAddresses = { "/ip4/127.0.0.1/tcp/0" } };
        config.Connection.RelayService.Disabled = true;
        RelayNode node = new NodeBuilder(config.ToOptions()).Build();
        await node.StartAsync();
        return node;
    }
}
