using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Relay.Multiformats.Crypto;

/// <summary>
/// Whether Ed25519 and X25519 are done by OpenSSL's libcrypto, which takes a third to a tenth of what managed code does. It is used on Linux alone, and
/// only the very library that .NET itself has loaded, by its versioned name: loading an unversioned one ends the process on macOS, and a second one beside
/// .NET's would have state of its own. Everything else, and who asks for it, gets managed code; both give the same results.
/// </summary>
internal static class Libcrypto
{
    /// <summary>The AppContext switch that asks for managed code.</summary>
    public const string ManagedSwitch = "Relay.UseManagedCurves";

    /// <summary>The environment variable that does the same.</summary>
    public const string ManagedVariable = "RELAY_USE_MANAGED_CURVES";

    // Before anything of it is called: the runtime asks where the library is at the first call.
    static Libcrypto()
    {
        IntPtr library = IntPtr.Zero;
        string? reason = GetRequest(AppContext.TryGetSwitch(ManagedSwitch, out bool isSet) && isSet, Environment.GetEnvironmentVariable(ManagedVariable));
        if (reason is null && TryFind(out library, out reason))
        {
            NativeLibrary.SetDllImportResolver(
                typeof(Libcrypto).Assembly, (name, _, _) => name == LibcryptoFunctions.Library ? library : IntPtr.Zero);
            reason = Probe();
        }

        IsUsed = reason is null;
        Description = IsUsed
            ? $"libcrypto ({Marshal.PtrToStringUTF8(LibcryptoFunctions.OpenSSL_version(0))})"
            : $"managed code ({reason})";
    }

    /// <summary>Whether libcrypto does it.</summary>
    public static bool IsUsed { get; }

    /// <summary>What does it, and when that is not libcrypto, why not; for the log.</summary>
    public static string Description { get; }

    /// <summary>Who asks for managed code, or null when nobody does.</summary>
    internal static string? GetRequest(bool isSwitchOn, string? variable)
    {
        if (isSwitchOn)
            return $"the switch {ManagedSwitch} is on";
        return variable is "1" || string.Equals(variable, "true", StringComparison.OrdinalIgnoreCase)
            ? $"{ManagedVariable}={variable}"
            : null;
    }

    // .NET finds its libssl by version (3, then 1.1, or what CLR_OPENSSL_VERSION_OVERRIDE says) and takes the libcrypto that comes with it.
    private static bool TryFind(out IntPtr library, out string? reason)
    {
        library = IntPtr.Zero;
        if (!OperatingSystem.IsLinux())
        {
            reason = "this is not Linux";
            return false;
        }

        long version;
        try
        {
            version = SafeEvpPKeyHandle.OpenSslVersion;
        }
        catch (Exception e) when (e is PlatformNotSupportedException or TypeInitializationException or DllNotFoundException)
        {
            reason = ".NET has no OpenSSL here";
            return false;
        }

        string name = Environment.GetEnvironmentVariable("CLR_OPENSSL_VERSION_OVERRIDE") is { Length: > 0 } chosen
            ? $"libcrypto.so.{chosen}"
            : NameOf(version);
        reason = NativeLibrary.TryLoad(name, out library) ? null : $"there is no {name}";
        if (reason is null && (!NativeLibrary.TryGetExport(library, "OpenSSL_version_num", out IntPtr getVersion) || VersionFrom(getVersion) != version))
            reason = $"{name} is not the one .NET has loaded";
        return reason is null;
    }

    private static string NameOf(long version)
    {
        long major = version >> 28;
        return major >= 3
            ? string.Create(CultureInfo.InvariantCulture, $"libcrypto.so.{major}")
            : string.Create(CultureInfo.InvariantCulture, $"libcrypto.so.{major}.{(version >> 20) & 0xff}");
    }

    private static long VersionFrom(IntPtr getVersion) =>
        (long)Marshal.GetDelegateForFunctionPointer<GetVersionNumber>(getVersion)();

    // An OpenSSL that is confined to what FIPS approves has neither curve; one before 1.1.1 does not have the functions.
    private static string? Probe()
    {
        try
        {
            using var signer = LibcryptoKey.FromPrivate(LibcryptoKey.Ed25519, new byte[32]);
            byte[] signature = signer.Sign([1]);
            using var agreer = LibcryptoKey.FromPrivate(LibcryptoKey.X25519, new byte[32]);
            return signer.Verify([1], signature) && agreer.TryAgree(agreer.ExportPublic(), new byte[32])
                ? null
                : "libcrypto does not get the curves right";
        }
        catch (Exception e) when (e is CryptographicException or EntryPointNotFoundException)
        {
            return "libcrypto does not have the curves";
        }
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint GetVersionNumber();
}
