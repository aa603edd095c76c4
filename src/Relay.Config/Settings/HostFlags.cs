namespace Relay.Settings;

/// <summary>The flags of a relay host that are no settings.</summary>
internal static class HostFlags
{
    public const string Help = "--help";
    public const string ConfigFile = "--config";
    public const string PrintConfig = "--print-config";

    public static IReadOnlyList<string> All { get; } = [Help, ConfigFile, PrintConfig];
}
