using System.Diagnostics;

namespace Relay.LoadTest.Measuring;

/// <summary>Measures what the machine does from its start to its stop.</summary>
internal sealed class Meter
{
    private readonly int _relay;
    private readonly IReadOnlyList<int> _load;
    private readonly long _started;
    private readonly TimeSpan _relayCpu;
    private readonly TimeSpan _loadCpu;
    private readonly TimeSpan? _machineCpu;

    private Meter(int relay, IReadOnlyList<int> load)
    {
        _relay = relay;
        _load = load;
        _machineCpu = ProcessSample.MachineCpu();
        _relayCpu = ProcessSample.Cpu(relay);
        _loadCpu = LoadCpu();
        _started = Stopwatch.GetTimestamp();
    }

    /// <param name="relay">The process id of the relay.</param>
    /// <param name="load">Those of the workers; this process is counted with them.</param>
    public static Meter Start(int relay, IReadOnlyList<int> load) => new(relay, load);

    public MachineUse Stop()
    {
        double seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
        double relay = (ProcessSample.Cpu(_relay) - _relayCpu).TotalSeconds;
        double load = (LoadCpu() - _loadCpu).TotalSeconds;
        double? machine = (ProcessSample.MachineCpu() - _machineCpu)?.TotalSeconds;
        return new MachineUse(seconds, relay, load, machine is { } all ? Math.Max(0, all - relay - load) : null);
    }

    private TimeSpan LoadCpu() => _load.Append(Environment.ProcessId).Aggregate(TimeSpan.Zero, static (sum, pid) => sum + ProcessSample.Cpu(pid));
}
