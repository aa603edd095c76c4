using Relay.LoadTest.Measuring;
using Relay.LoadTest.Peers;
using Relay.LoadTest.Workers;

namespace Relay.LoadTest.Scenarios;

/// <summary>How fast are circuits, and what does a relayed byte cost the relay? Bytes go one way, through all circuits at once.</summary>
internal sealed class BulkScenario(PeerKind kind, int circuits, long bytes, int chunkLength) : Scenario
{
    public const string RawName = "bulk-raw";
    public const string FullName = "bulk-full";

    public override string Name => kind == PeerKind.Raw ? RawName : FullName;

    public override string Case => circuits == 1 ? "1 circuit" : $"{circuits} circuits";

    public override async Task RunAsync(Stage stage)
    {
        long bytesPerCircuit = Math.Max(1, bytes / circuits);
        var warmUp = new WorkerCommand.Send(Math.Max(1, bytesPerCircuit / 4), chunkLength);
        var send = new WorkerCommand.Send(bytesPerCircuit, chunkLength);
        await stage.Team.OpenCircuitsAsync(stage.Relay, kind, circuits);
        await stage.Team.Sources.DoAsync(warmUp);

        (WorkerReply reply, MachineUse use) = await stage.MeterAsync(() => stage.Team.Sources.DoAsync(send));

        double total = (double)bytesPerCircuit * circuits;
        stage.Report("", Metric.Throughput, total / 1e6 / reply.Seconds, use);
        stage.Report("", Metric.CpuPerGiB, use.RelayCpu / (total / (1L << 30)), use);
    }
}
