using Relay;
using Relay.Settings;

namespace RelayHost;

/// <summary>Reads the command line and the environment.</summary>
internal static class Arguments
{
    /// <summary>
    /// Fills <paramref name="settings"/>, or prints why not: help on <paramref name="output"/>, each error on a line of
    /// <paramref name="errors"/>.
    /// </summary>
    /// <returns>The exit code to end with; null to go on and run.</returns>
    public static int? Read(
        HostSettings settings, IReadOnlyList<string> args, Func<string, string?> environment, TextWriter output, TextWriter errors)
    {
        SettingsResult read = SettingsTable.Apply(settings, args, environment);
        if (read.HelpRequested)
        {
            HelpText.Write(output);
            return ExitCodes.Success;
        }

        string[] problems = [.. read.Errors.Select(error => error.ToString()), .. read.Succeeded ? WhatIsMissing(settings) : []];
        foreach (string problem in problems)
            errors.WriteLine(problem);
        return problems.Length > 0 ? ExitCodes.Usage : null;
    }

    private static IEnumerable<string> WhatIsMissing(HostSettings settings)
    {
        RelayServiceConfig relay = settings.Config.Connection.RelayService;
        if (!relay.Disabled && relay.NetworkOnly && settings.MembersFile is null)
        {
            const string WaysOut = "a file with the members; or --relay-service-network-only=false to let everyone reserve";
            yield return new SettingError("--members-file", null, "is needed by a relay for members only", WaysOut).ToString();
        }
    }
}
