using Relay.LoadTest.Measuring;
using Relay.LoadTest.Peers;
using Relay.LoadTest.Workers;

namespace Relay.LoadTest.Scenarios;

/// <summary>What does a RESERVE cost the relay on connections that are there already, and how many can it serve?</summary>
internal sealed class ReserveScenario(int concurrency, int requests) : Scenario
{
    public const string ScenarioName = "reserve";

    private const int Peers = 100;

    public override string Name => ScenarioName;

    public override string Case => $"{concurrency} at once";

    public override async Task RunAsync(Stage stage)
    {
        await Team.ReserveAsync(stage.Relay, stage.Team.Sinks, PeerKind.Raw, Peers);
        var renew = new WorkerCommand.Reserve(stage.RelayAddress, requests, concurrency);

        (WorkerReply reply, MachineUse use) = await stage.MeterAsync(() => stage.Team.Sinks.DoAsync(renew));

        double each = use.RelayCpu / requests;
        stage.Report("", Metric.Rate, requests / reply.Seconds, use);
        stage.Report("", Metric.CpuPerRequest, each * 1e6, use);
        if (stage.SignatureCpu is { } signature)
            stage.Report("", Metric.Signatures, each / signature, use);
    }
}
