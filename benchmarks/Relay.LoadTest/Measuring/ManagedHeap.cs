using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;

namespace Relay.LoadTest.Measuring;

/// <summary>
/// The managed heap of another .NET process, by the runtime's own counter and its diagnostics port. Asking takes a second or two and costs the process some
/// memory, so ask last.
/// </summary>
internal static class ManagedHeap
{
    private const string Provider = "System.Runtime";
    private const string Counter = "gc-heap-size";
    private const int BufferMegabytes = 1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly Dictionary<string, string> EverySecond = new() { ["EventCounterIntervalSec"] = "1" };

    /// <summary>Bytes on the heap, garbage that was not collected yet included; null when the process did not tell.</summary>
    public static async Task<long?> ReadAsync(int pid)
    {
        long? heap = null;
        using EventPipeSession session = new DiagnosticsClient(pid).StartEventPipeSession(
            [new EventPipeProvider(Provider, EventLevel.Informational, 0, EverySecond)], requestRundown: false, BufferMegabytes);
        using var source = new EventPipeEventSource(session.EventStream);
        source.Dynamic.All += data =>
        {
            if (TryReadCounter(data, out double megabytes))
            {
                heap = (long)(megabytes * 1e6);
                source.StopProcessing();
            }
        };
        await Task.WhenAny(Task.Run(source.Process), Task.Delay(Patience));
        session.Stop();
        return heap;
    }

    private static bool TryReadCounter(TraceEvent data, out double value)
    {
        value = 0;
        if (data.EventName != "EventCounters"
            || data.PayloadValue(0) is not IDictionary<string, object> outer
            || outer["Payload"] is not IDictionary<string, object> counter
            || counter["Name"] is not Counter)
            return false;
        value = (double)counter["Mean"];
        return true;
    }
}
