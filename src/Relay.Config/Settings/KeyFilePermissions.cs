namespace Relay.Settings;

/// <summary>Looks at who may read the file of a private key.</summary>
internal static class KeyFilePermissions
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>What is unwise about the permissions of the file; null for nothing, for a file that is not there yet, and on Windows.</summary>
    public static string? WhatIsUnwise(string? file)
    {
        if (file is null || OperatingSystem.IsWindows())
            return null;
        try
        {
            UnixFileMode mode = File.GetUnixFileMode(file) & Others;
            return mode == UnixFileMode.None ? null : "can be read or written by others than its owner: chmod 600";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null; // loading the key says it
        }
    }
}
