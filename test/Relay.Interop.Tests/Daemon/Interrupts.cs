using System.Globalization;
using System.Runtime.InteropServices;

namespace Relay.Interop.Tests.Daemon;

/// <summary>
/// SIGINT in processes that this one starts. Shells make what they start in the background ignore it, which is inherited, and which neither a shell in
/// between nor .NET undoes: tests that are run so would find that the relay ignores it, too.
/// </summary>
internal static class Interrupts
{
    private const int Interrupt = 2; // SIGINT
    private const nint Default = 0;  // SIG_DFL

    /// <summary>Makes SIGINT end this process again where it is ignored, and so reach those it starts from now on.</summary>
    public static void ReachChildren()
    {
        if (OperatingSystem.IsLinux() && IsIgnored())
            _ = Signal(Interrupt, Default);
    }

    private static bool IsIgnored()
    {
        const string Field = "SigIgn:";
        string line = File.ReadLines("/proc/self/status").First(one => one.StartsWith(Field, StringComparison.Ordinal));
        ulong mask = ulong.Parse(line[Field.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (mask >> (Interrupt - 1) & 1) != 0;
    }

    [DllImport("libc", EntryPoint = "signal")]
    private static extern nint Signal(int signal, nint handler);
}
