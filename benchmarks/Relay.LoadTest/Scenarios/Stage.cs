using Relay.LoadTest.Measuring;
using Relay.LoadTest.Relays;
using Relay.LoadTest.Workers;

namespace Relay.LoadTest.Scenarios;

/// <summary>What a scenario works with: the relay, the peers, and where to put the numbers.</summary>
internal sealed class Stage(RelayUnderTest relay, Team team, double? signatureCpu, Action<string, Metric, double, MachineUse?> report)
{
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(50);

    public RelayUnderTest Relay => relay;

    /// <summary>The same stage with another relay on it.</summary>
    public Stage With(RelayUnderTest other) => new(other, team, signatureCpu, report);

    public Team Team => team;

    /// <summary>CPU seconds of one Ed25519 signature by the system's libcrypto; null when it has none.</summary>
    public double? SignatureCpu => signatureCpu;

    public string RelayAddress => relay.Address.ToString();

    /// <summary>Notes a number.</summary>
    /// <param name="condition">Under which condition of the scenario's case; may be empty.</param>
    /// <param name="metric">What it is a number of.</param>
    /// <param name="value">The number.</param>
    /// <param name="use">Who used the machine meanwhile.</param>
    public void Report(string condition, Metric metric, double value, MachineUse? use = null) => report(condition, metric, value, use);

    /// <summary>Notes the median, and what nine in ten and ninety-nine in a hundred stay below, of what took this long.</summary>
    public void ReportPercentiles(string condition, Metric metric, double[] milliseconds, MachineUse? use = null)
    {
        foreach (int percent in new[] { 50, 90, 99 })
            Report(condition, metric.Percentile(percent), Numbers.Percentile(milliseconds, percent), use);
    }

    /// <summary>Measures what the machine does meanwhile.</summary>
    public async Task<(WorkerReply Reply, MachineUse Use)> MeterAsync(Func<Task<WorkerReply>> work)
    {
        Meter meter = Meter.Start(relay.Pid, team.Pids);
        WorkerReply reply = await work();
        return (reply, meter.Stop());
    }

    /// <summary>Looks at the relay's memory again and again until the work is done.</summary>
    /// <returns>Bytes, at least once.</returns>
    public async Task<List<double>> WatchRssAsync(Task work)
    {
        List<double> seen = [];
        do
            seen.Add(ProcessSample.Rss(relay.Pid));
        while (await Task.WhenAny(work, Task.Delay(LookPause)) != work);
        await work;
        return seen;
    }
}
