using Microsoft.Extensions.Configuration;

namespace Relay.Settings;

/// <summary>
/// Flags and variables of the settings table that a configuration has under their own names, at its root, where nobody reads them: the stock providers bring
/// them in, and what would take them to their settings is missing.
/// </summary>
internal static class UnreadValues
{
    /// <summary>Looks for them, and says nothing of their values; what cannot be meant for anybody else is an error, the rest is unwise.</summary>
    /// <param name="providers">The providers of the configuration.</param>
    /// <param name="section">The section of the relay.</param>
    /// <param name="errors">Takes the errors.</param>
    /// <param name="warnings">Takes the rest.</param>
    public static void Find(
        IReadOnlyList<IConfigurationProvider> providers, string section, ICollection<ConfigError> errors, ICollection<ConfigWarning> warnings)
    {
        IConfigurationProvider[] flags = Unread(providers, TableProvider.CommandLine);
        IConfigurationProvider[] variables = Unread(providers, TableProvider.Variables);
        foreach (Setting row in SettingsTable.Rows)
        {
            if (Have(flags, row.Flag.TrimStart('-')))
            {
                if (Setting.IsOurs(row.Flag))
                    errors.Add(new ConfigError(row.Flag, null, "is not read", AcceptedFor(row, section)) { Source = row.Flag });
                else
                    warnings.Add(new ConfigWarning(row.Flag, null, "is not read: the configuration has no AddRelayFlags(args)"));
            }

            if (Have(variables, row.Variable))
                warnings.Add(new ConfigWarning(row.Variable, null, "is not read: the configuration has no AddRelayVariables()"));
        }
    }

    private static string AcceptedFor(Setting row, string section) =>
        $"the flag, if the configuration has AddRelayFlags(args); or --{ConfigurationPath.Combine(section, row.Path)}";

    // The stock providers of a kind, if there is none of the table's.
    private static IConfigurationProvider[] Unread(IReadOnlyList<IConfigurationProvider> providers, string kind)
    {
        IConfigurationProvider[] all = [.. providers.Where(provider => ProviderSource.NameOf(provider) == kind)];
        return all.Any(static provider => provider is TableProvider) ? [] : all;
    }

    private static bool Have(IConfigurationProvider[] providers, string key) => providers.Any(provider => provider.TryGet(key, out _));
}
