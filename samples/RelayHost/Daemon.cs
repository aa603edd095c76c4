using Relay.Settings;

namespace RelayHost;

/// <summary>Builds the node, runs it and stops it. Not there yet: the node is still being written, and this says so rather than pretend.</summary>
internal static class Daemon
{
    public static async Task<int> RunAsync(HostSettings settings)
    {
        await Console.Error.WriteLineAsync($"Cannot run yet with these options: {string.Join(", ", settings.Config.ToOptions())}");
        return ExitCodes.Failure;
    }
}
