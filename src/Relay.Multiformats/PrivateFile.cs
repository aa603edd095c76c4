using System.Runtime.InteropServices;

namespace Relay.Multiformats;

/// <summary>Writes files that only their owner may read, whole or not at all.</summary>
internal static class PrivateFile
{
    private const int FileExists = 17; // EEXIST, on Linux and macOS alike

    /// <summary>Puts <paramref name="bytes"/> in the place of whatever <paramref name="path"/> holds.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        string temporary = WriteTemporary(path, bytes);
        try
        {
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Creates <paramref name="path"/>. Of several processes that try at once, exactly one does.</summary>
    /// <returns>False when it is there already; it is not touched then.</returns>
    public static bool TryCreate(string path, ReadOnlySpan<byte> bytes)
    {
        string temporary = WriteTemporary(path, bytes);
        try
        {
            return TryLink(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>
    /// Writes a new file beside <paramref name="path"/>. It has its mode from the start: there is no moment at which others could open
    /// it.
    /// </summary>
    private static string WriteTemporary(string path, ReadOnlySpan<byte> bytes)
    {
        string temporary = $"{path}.{Guid.NewGuid():n}.tmp";
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) // there, the directory's access list applies
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using FileStream stream = new(temporary, options);
        try
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
            return temporary;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Gives the finished file its name, unless another has it.</summary>
    private static bool TryLink(string temporary, string path)
    {
        // File.Move without overwriting looks first and renames then, on Unix; between the two another process may have come. A hard link
        // is one step.
        if (!OperatingSystem.IsWindows())
        {
            if (Link(temporary, path) == 0)
                return true;
            if (Marshal.GetLastPInvokeError() == FileExists)
                return false;
        }
        try
        {
            File.Move(temporary, path, overwrite: false); // also where the file system has no hard links
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}
