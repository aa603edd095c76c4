using Relay;
using Relay.Circuit;
using Relay.TestKit;

namespace Packages.Tests.Snippets;

/// <summary>The snippets of docs/operations.md.</summary>
internal sealed class OperationsSnippets
{
    [Test]
    public async Task Watching_what_happens()
    {
        var printed = new StringWriter();
        Console.SetOut(printed);
        try
        {
            var config = new Config { ListenAddresses = { "/ip4/127.0.0.1/tcp/0" } };
            await using RelayNode node = new NodeBuilder(config.ToOptions()).WithMembership(new StaticMembershipSource([])).Build();
            await node.StartAsync().InTime();
            config.Connection.RelayService.Disabled = true;
            await using RelayNode stranger = new NodeBuilder(config.ToOptions()).Build();
            await stranger.StartAsync().InTime();

            Task watching = WatchAsync(node);
            Assert.ThrowsAsync<RelayException>(() => stranger.Relays.ReserveAsync(node.ListenAddresses[0]));
            await Eventually.TrueAsync(() => printed.ToString().Contains($"Reserve of {stranger.PeerId}", StringComparison.Ordinal), "whether it is printed");
            await node.DisposeAsync();
            await watching.InTime();
        }
        finally
        {
            Console.SetOut(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        }
    }

    private static async Task WatchAsync(RelayNode node)
    {
        #region watch what happens
        using RelaySubscription events = node.Relay!.Subscribe();
        await foreach (RelayEvent happened in events)
        {
            if (happened is RelayEvent.Decided { Decision.IsGranted: false } refused)
                Console.WriteLine($"{refused.Operation} of {refused.Peer}: {refused.Decision}");
        }
        #endregion
    }
}
