using Relay.TestKit;

namespace Relay.Interop.Tests;

/// <summary>
/// A test of .NET nodes against js-libp2p peers. When it ends and the peers are gone, every node must hold nothing any more: no connection, stream,
/// reservation, circuit or buffer; and must have logged no error.
/// </summary>
public abstract class RelayTest : InteropTest
{
    private readonly List<(RelayNode Node, RecordingLogger Log)> _nodes = [];

    /// <summary>Starts a relay on loopback that everyone may reserve on, unless <paramref name="configure"/> says otherwise.</summary>
    /// <param name="configure">Changes the configuration.</param>
    /// <param name="supply">Gives the builder objects.</param>
    private protected async Task<RelayNode> StartRelayAsync(Action<Config>? configure = null, Action<NodeBuilder>? supply = null)
    {
        var config = new Config { ListenAddresses = { AnyPort } };
        config.Connection.RelayService.NetworkOnly = false;
        configure?.Invoke(config);

        var log = new RecordingLogger();
        NodeBuilder builder = new NodeBuilder(config.ToOptions()).WithLoggerFactory(log);
        supply?.Invoke(builder);
        RelayNode node = builder.Build();
        lock (_nodes)
            _nodes.Add((node, log));
        await node.StartAsync().InTime();
        return node;
    }

    /// <inheritdoc cref="StartRelayAsync(Action{Config}?, Action{NodeBuilder}?)"/>
    private protected Task<RelayNode> StartRelayAsync(Action<RelayServiceConfig> configure, Action<NodeBuilder>? supply = null) =>
        StartRelayAsync(config => configure(config.Connection.RelayService), supply);

    /// <summary>Starts a node that serves nobody as a relay, and uses others.</summary>
    private protected Task<RelayNode> StartClientAsync() => StartRelayAsync(relay => relay.Disabled = true);

    private protected override async Task AfterPeersAsync()
    {
        try
        {
            // The last first: who came later used who was there before.
            foreach ((RelayNode node, _) in Enumerable.Reverse(_nodes))
                await HoldsNothingAsync(node);
        }
        catch
        {
            ReportNodes();
            throw;
        }
        finally
        {
            foreach ((RelayNode node, _) in _nodes)
                await node.DisposeAsync().InTime();
        }

        if (TestContext.CurrentContext.Result.FailCount > 0)
            ReportNodes();
        Assert.That(_nodes.SelectMany(one => one.Log.AtLeast(Microsoft.Extensions.Logging.LogLevel.Error)), Is.Empty, "errors in the log");
    }

    private static async Task HoldsNothingAsync(RelayNode node)
    {
        // Connections to other nodes of the test are its own to end; those to the peers have ended with the peers.
        if (node.Connections.Any(connection => connection.IsOutbound))
            await node.StopAsync().InTime();
        await Eventually.EqualsAsync(default, () => node.Counts, $"what {node.PeerId} holds");
        await Eventually.EqualsAsync(default, () => node.Relay?.Counts ?? default, $"what the relay service of {node.PeerId} holds");
    }

    private void ReportNodes()
    {
        foreach ((RelayNode node, RecordingLogger log) in _nodes)
        {
            TestContext.Out.WriteLine($".NET {node.PeerId}, {node.Counts}:");
            foreach (LogEntry entry in log.Entries)
                TestContext.Out.WriteLine($"{entry.Level} {entry.EventId} {entry.Message} {entry.Exception}");
            TestContext.Out.WriteLine();
        }
    }
}
