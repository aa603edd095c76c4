using Relay.LoadTest.Measuring;
using Relay.LoadTest.Workers;

namespace Relay.LoadTest.Scenarios;

/// <summary>How long does one peer wait, on an idle relay, and while others send as fast as they can?</summary>
internal sealed class LatencyScenario(int loadCircuits, Repeat pings, Repeat connects, int chunkLength) : Scenario
{
    public const string ScenarioName = "latency";

    private const string Idle = "idle";

    public override string Name => ScenarioName;

    public override string Case => "";

    public override async Task RunAsync(Stage stage)
    {
        string loaded = $"{loadCircuits} bulk circuits";
        await stage.Team.OpenProbeAsync(stage.Relay);
        await stage.Team.Probe.DoAsync(new WorkerCommand.Ping(pings, Relay: null)); // to warm up
        double idle = await MeasureAsync(stage, Idle);

        await stage.Team.OpenCrowdAsync(stage.Relay, loadCircuits);
        double busy = 0;
        (WorkerReply flood, MachineUse use) = await stage.MeterAsync(async () =>
        {
            await stage.Team.CrowdSources.DoAsync(new WorkerCommand.Flood(chunkLength));
            busy = await MeasureAsync(stage, loaded);
            return await stage.Team.CrowdSources.DoAsync(new WorkerCommand.Halt());
        });

        stage.Report(loaded, Metric.UnderLoad, busy / idle);
        stage.Report(loaded, Metric.Throughput, flood.Bytes / 1e6 / use.Seconds, use); // how much of a load it was
    }

    // Returns the 99th percentile of the pings through the circuit.
    private async Task<double> MeasureAsync(Stage stage, string condition)
    {
        Worker probe = stage.Team.Probe;
        (WorkerReply circuit, MachineUse use) = await stage.MeterAsync(() => probe.DoAsync(new WorkerCommand.Ping(pings, Relay: null)));
        stage.ReportPercentiles(condition, Metric.CircuitPing, circuit.Milliseconds, use);

        (WorkerReply relay, use) = await stage.MeterAsync(() => probe.DoAsync(new WorkerCommand.Ping(pings, stage.RelayAddress)));
        stage.ReportPercentiles(condition, Metric.RelayPing, relay.Milliseconds, use);

        (WorkerReply connect, use) = await stage.MeterAsync(() => probe.DoAsync(new WorkerCommand.TryConnects(stage.RelayAddress, connects)));
        stage.ReportPercentiles(condition, Metric.Connect, connect.Milliseconds, use);
        return Numbers.Percentile(circuit.Milliseconds, 99);
    }
}
