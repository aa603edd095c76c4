using System.Diagnostics;

namespace Relay.LoadTest.Measuring;

/// <summary>What one Ed25519 signature by the system's libcrypto costs here and now, in CPU time, so that other processes do not lengthen it.</summary>
internal static class Yardstick
{
    private const int Signatures = 4000;

    /// <summary>CPU seconds of one signature; null when the machine has no libcrypto.</summary>
    public static double? SignatureCpu()
    {
        using SystemSignature? libcrypto = SystemSignature.TryCreate();
        if (libcrypto is null)
            return null;
        var message = new byte[SystemSignature.TypicalMessageLength];
        Sign(libcrypto, message, Signatures / 10);
        using Process self = Process.GetCurrentProcess();
        TimeSpan before = self.TotalProcessorTime;
        Sign(libcrypto, message, Signatures);
        self.Refresh();
        return (self.TotalProcessorTime - before).TotalSeconds / Signatures;
    }

    private static void Sign(SystemSignature libcrypto, byte[] message, int count)
    {
        for (int i = 0; i < count; i++)
            libcrypto.Sign(message);
    }
}
