using Relay.LoadTest.Options;
using Relay.LoadTest.Peers;
using Relay.LoadTest.Workers;

namespace Relay.LoadTest.Scenarios;

/// <summary>All scenarios, by name.</summary>
internal static class ScenarioCatalog
{
    private const int MaxFullCircuits = 64; // each is a node of its own at the far end

    public static IReadOnlyList<string> Names { get; } =
    [
        BulkScenario.RawName, BulkScenario.FullName, ReserveScenario.ScenarioName, ArriveScenario.ScenarioName, LatencyScenario.ScenarioName,
        AclSwapScenario.ScenarioName, IdleMemoryScenario.ScenarioName, CircuitMemoryScenario.ScenarioName,
    ];

    /// <summary>The scenarios of one name: one for each size that the options ask for.</summary>
    public static IEnumerable<Scenario> Make(string name, LoadTestOptions options)
    {
        long bytes = (long)options.Megabytes << 20;
        var pings = new Repeat(options.Pings, options.PingSeconds);
        Repeat connects = pings with { Count = Math.Max(1, options.Pings / 4) };
        return name switch
        {
            BulkScenario.RawName => options.Circuits.Select(n => new BulkScenario(PeerKind.Raw, n, bytes, options.ChunkLength)),
            BulkScenario.FullName => options.Circuits
                .Where(static n => n <= MaxFullCircuits)
                .Select(n => new BulkScenario(PeerKind.Full, n, bytes, options.ChunkLength)),
            ReserveScenario.ScenarioName => options.Concurrency.Select(n => new ReserveScenario(n, options.Requests)),
            ArriveScenario.ScenarioName => [new ArriveScenario(options.NewPeers, options.Concurrency.Max())],
            LatencyScenario.ScenarioName => [new LatencyScenario(options.LoadCircuits, pings, connects, options.ChunkLength)],
            AclSwapScenario.ScenarioName => [new AclSwapScenario(options.Members, pings, options.BufferSize)],
            IdleMemoryScenario.ScenarioName => [new IdleMemoryScenario(options.Idle)],
            CircuitMemoryScenario.ScenarioName => options.OpenCircuits.Select(n => new CircuitMemoryScenario(n, bytes, options.ChunkLength)),
            _ => throw new ArgumentException($"There is no scenario {name}."),
        };
    }
}
