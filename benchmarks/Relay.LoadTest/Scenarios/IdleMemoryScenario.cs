using Relay.LoadTest.Measuring;
using Relay.LoadTest.Peers;
using Relay.LoadTest.Workers;

namespace Relay.LoadTest.Scenarios;

/// <summary>What does a reserved peer that does nothing cost in memory? The same relay, at rising numbers of them.</summary>
internal sealed class IdleMemoryScenario(IReadOnlyList<int> levels) : Scenario
{
    public const string ScenarioName = "memory-idle";

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2); // until identify is over and nothing moves any more

    public override string Name => ScenarioName;

    public override string Case => "";

    public override bool NeedsFreshRelay => true;

    public override async Task RunAsync(Stage stage)
    {
        int reserved = 0;
        double before = 0;
        foreach (int level in levels)
        {
            if (level > reserved)
                await Team.ReserveAsync(stage.Relay, stage.Team.Sinks, PeerKind.Raw, level - reserved);
            await Task.Delay(Rest);

            double rss = ProcessSample.Rss(stage.Relay.Pid);
            string condition = $"{level} reservations";
            stage.Report(condition, Metric.Rss, rss / 1e6);
            if (reserved > 0)
                stage.Report(condition, Metric.RssEach, (rss - before) / 1e3 / (level - reserved));
            (reserved, before) = (level, rss);
        }

        if (await stage.Relay.HeapAsync() is { } heap)
            stage.Report($"{reserved} reservations", Metric.Heap, heap / 1e6);
    }
}
