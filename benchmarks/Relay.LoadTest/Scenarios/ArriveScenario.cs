using Relay.LoadTest.Measuring;
using Relay.LoadTest.Peers;
using Relay.LoadTest.Workers;

namespace Relay.LoadTest.Scenarios;

/// <summary>What does somebody new cost the relay: connect, secure, identify, reserve?</summary>
internal sealed class ArriveScenario(int peers, int concurrency) : Scenario
{
    public const string ScenarioName = "arrive";

    public override string Name => ScenarioName;

    public override string Case => $"{peers} peers, {concurrency} at once";

    public override async Task RunAsync(Stage stage)
    {
        await Team.ReserveAsync(stage.Relay, stage.Team.Sinks, PeerKind.Raw, peers / 8); // to warm up
        await stage.Team.Sources.CreateAsync(PeerKind.Raw, peers);
        var arrive = new WorkerCommand.Reserve(stage.RelayAddress, peers, concurrency);

        (WorkerReply reply, MachineUse use) = await stage.MeterAsync(() => stage.Team.Sources.DoAsync(arrive));

        stage.Report("", Metric.Rate, peers / reply.Seconds, use);
        stage.Report("", Metric.CpuPerRequest, use.RelayCpu / peers * 1e6, use);
    }
}
