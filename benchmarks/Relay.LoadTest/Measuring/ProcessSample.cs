using System.Diagnostics;
using System.Globalization;

namespace Relay.LoadTest.Measuring;

/// <summary>What a process has used of the machine so far. Any process of the same user can be looked at, however it was started.</summary>
internal static class ProcessSample
{
    /// <summary>CPU time of all its threads, in user and kernel mode.</summary>
    public static TimeSpan Cpu(int pid)
    {
        using Process process = Process.GetProcessById(pid);
        return process.TotalProcessorTime;
    }

    /// <summary>Resident memory in bytes: pages of its own and shared ones that it has touched, as an operator sees it.</summary>
    public static long Rss(int pid)
    {
        using Process process = Process.GetProcessById(pid);
        return process.WorkingSet64;
    }

    /// <summary>CPU time of the whole machine that was not idle, all processors together; null where there is no /proc.</summary>
    public static TimeSpan? MachineCpu()
    {
        const string File = "/proc/stat";
        const double TicksPerSecond = 100; // USER_HZ, the same on every Linux that .NET runs on
        const int FirstBusy = 1, Idle = 4, IoWait = 5, LastBusy = 7; // cpu user nice system idle iowait irq softirq …
        if (!System.IO.File.Exists(File))
            return null;
        string[] fields = System.IO.File.ReadLines(File).First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        double ticks = 0;
        for (int i = FirstBusy; i <= LastBusy; i++)
            ticks += i is Idle or IoWait ? 0 : double.Parse(fields[i], CultureInfo.InvariantCulture);
        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }
}
