using Relay.LoadTest.Measuring;
using Relay.LoadTest.Relays;
using Relay.LoadTest.Workers;

namespace Relay.LoadTest.Scenarios;

/// <summary>Does a circuit feel it when a large member set is replaced? Of our relay only: it reads a members file every second, which changes every second.</summary>
internal sealed class AclSwapScenario(int members, int pings, int bufferSize) : Scenario
{
    public const string ScenarioName = "acl-swap";

    private const int PingsPerSwap = 20;
    private static readonly TimeSpan SwapPause = TimeSpan.FromSeconds(1);

    public override string Name => ScenarioName;

    public override string Case => $"{members} members";

    public override async Task RunAsync(Stage stage)
    {
        if (stage.Relay is not OwnRelay)
            return;

        using var file = new MembersFile(members, await stage.Team.CreateEchoAsync());
        await using RelayUnderTest relay = await OwnRelay.StartAsync(bufferSize, file.Path);
        Stage swapping = stage.With(relay);
        await swapping.Team.OpenProbeAsync(relay, file.Guest);
        await swapping.Team.Probe.DoAsync(new WorkerCommand.Ping(pings, Relay: null)); // to warm up

        double before = await PingAsync(swapping, "unchanged", pings);
        double during = await WhileAsync(file.Swap, () => PingAsync(swapping, "another one every second", pings));
        swapping.Report("", Metric.UnderSwap, during / before);
    }

    // Pings go on as long as swaps take, so that there are many in each.
    private static async Task<double> PingAsync(Stage stage, string condition, int atLeast)
    {
        List<double> milliseconds = [];
        Meter meter = Meter.Start(stage.Relay.Pid, stage.Team.Pids);
        DateTime end = DateTime.UtcNow + (5 * SwapPause);
        while (milliseconds.Count < atLeast || DateTime.UtcNow < end)
            milliseconds.AddRange((await stage.Team.Probe.DoAsync(new WorkerCommand.Ping(PingsPerSwap, Relay: null))).Milliseconds);
        stage.ReportPercentiles(condition, Metric.CircuitPing, [.. milliseconds], meter.Stop());
        return Numbers.Percentile(milliseconds, 99);
    }

    private static async Task<T> WhileAsync<T>(Action swap, Func<Task<T>> work)
    {
        using var timer = new Timer(_ => swap(), null, TimeSpan.Zero, SwapPause);
        return await work();
    }
}
