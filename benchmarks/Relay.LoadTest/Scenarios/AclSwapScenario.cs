using Relay.LoadTest.Measuring;
using Relay.LoadTest.Relays;
using Relay.LoadTest.Workers;

namespace Relay.LoadTest.Scenarios;

/// <summary>
/// Does a circuit feel it when a large member set is replaced? Of our relay only: it reads a members file every second, which changes every second.
/// </summary>
internal sealed class AclSwapScenario(int members, Repeat pings, int bufferSize) : Scenario
{
    public const string ScenarioName = "acl-swap";

    private const int Swaps = 4;
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

        double before = await PingAsync(swapping, "unchanged");
        double during = await WhileAsync(file.Swap, () => PingAsync(swapping, "another one every second"));
        swapping.Report("", Metric.UnderSwap, during / before);
    }

    // Pings go on for as long as some swaps take, however many that are.
    private static async Task<double> PingAsync(Stage stage, string condition)
    {
        var ping = new WorkerCommand.Ping(new Repeat(int.MaxValue, Swaps * SwapPause.TotalSeconds), Relay: null);
        (WorkerReply reply, MachineUse use) = await stage.MeterAsync(() => stage.Team.Probe.DoAsync(ping));
        stage.ReportPercentiles(condition, Metric.CircuitPing, reply.Milliseconds, use);
        return Numbers.Percentile(reply.Milliseconds, 99);
    }

    private static async Task<T> WhileAsync<T>(Action swap, Func<Task<T>> work)
    {
        using var timer = new Timer(_ => swap(), null, TimeSpan.Zero, SwapPause);
        return await work();
    }
}
