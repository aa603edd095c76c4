namespace Relay.TestKit;

/// <summary>The sockets this process has open, counted where the system lists them.</summary>
public static class OpenSockets
{
    /// <summary>How many there are; null where the system does not say.</summary>
    public static int? Count()
    {
        // What earlier tests left to the finalizer must not go away in the middle of this one.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        if (!OperatingSystem.IsLinux())
            return null;
        return new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Count(IsSocket);
    }

    private static bool IsSocket(FileSystemInfo descriptor)
    {
        try
        {
            return descriptor.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            return false; // closed meanwhile
        }
    }
}
