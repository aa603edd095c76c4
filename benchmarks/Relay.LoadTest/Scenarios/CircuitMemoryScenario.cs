using Relay.LoadTest.Measuring;
using Relay.LoadTest.Peers;
using Relay.LoadTest.Workers;

namespace Relay.LoadTest.Scenarios;

/// <summary>What does an open circuit cost in memory, before anything was sent through it and while it is busy?</summary>
internal sealed class CircuitMemoryScenario(int circuits, long bytes, int chunkLength) : Scenario
{
    public const string ScenarioName = "memory-circuits";

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    public override string Name => ScenarioName;

    public override string Case => $"{circuits} circuits";

    public override bool NeedsFreshRelay => true;

    public override async Task RunAsync(Stage stage)
    {
        await stage.Team.OpenCircuitsAsync(stage.Relay, PeerKind.Raw, circuits);
        await Task.Delay(Rest);
        stage.Report("open", Metric.Rss, ProcessSample.Rss(stage.Relay.Pid) / 1e6);

        var send = new WorkerCommand.Send(Math.Max(1, bytes / circuits), chunkLength);
        List<double> seen = await stage.WatchRssAsync(stage.Team.Sources.DoAsync(send));
        stage.Report("transferring", Metric.Rss, Numbers.Median(seen) / 1e6);
        stage.Report("transferring", Metric.PeakRss, seen.Max() / 1e6);

        await Task.Delay(Rest);
        stage.Report("idle again", Metric.Rss, ProcessSample.Rss(stage.Relay.Pid) / 1e6);
        if (await stage.Relay.HeapAsync() is { } heap)
            stage.Report("idle again", Metric.Heap, heap / 1e6);
    }
}
