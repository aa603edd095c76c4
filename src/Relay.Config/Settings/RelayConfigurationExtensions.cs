using System.Collections;
using Relay.Settings;

namespace Microsoft.Extensions.Configuration;

/// <summary>Brings EdgeVPN's flags and environment variables into a configuration.</summary>
public static class RelayConfigurationExtensions
{
    /// <summary>
    /// Adds the environment variables of the settings table (<c>EDGEVPN_RELAY_MAX_DATA</c>, ...), each under the path of its setting. The stock provider's
    /// form, <c>Relay__Connection__RelayService__MaxData</c>, works beside it; what is added later wins. A variable whose name begins like those of the relay
    /// (<c>EDGEVPN_RELAY_</c>, <c>EDGEVPNAUTORELAY</c>) and is none of them is a warning when the section is read.
    /// </summary>
    /// <param name="builder">The configuration.</param>
    /// <param name="section">The section of the relay.</param>
    /// <param name="environment">Gives all variables, by name; called at each load. Default: the process's environment.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IConfigurationBuilder AddRelayVariables(
        this IConfigurationBuilder builder, string section = HostSettings.DefaultSection, Func<IDictionary>? environment = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(section);
        return builder.Add(TableProvider.OfVariables(section, environment ?? Environment.GetEnvironmentVariables));
    }

    /// <summary>
    /// Adds the flags of the settings table (<c>--relay-service-max-data</c>, ...) that are on a command line beside others, each under the path of its setting.
    /// One that is wrong, or a slip of the finger away from one of the table, is an error when the section is read; what else is there is not looked at.
    /// </summary>
    /// <param name="builder">The configuration.</param>
    /// <param name="args">The command line, without the program's name.</param>
    /// <param name="section">The section of the relay.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IConfigurationBuilder AddRelayFlags(
        this IConfigurationBuilder builder, IReadOnlyList<string> args, string section = HostSettings.DefaultSection) =>
        builder.AddRelayFlags(CommandLine.Pick(args), section);

    /// <summary>
    /// Adds the flags of the settings table (<c>--relay-service-max-data</c>, ...), each under the path of its setting. A flag that is wrong or unknown is an
    /// error when the section is read.
    /// </summary>
    /// <param name="builder">The configuration.</param>
    /// <param name="line">The command line: <see cref="CommandLine.Parse(IReadOnlyList{string})"/>, of a program that has no other flags.</param>
    /// <param name="section">The section of the relay.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IConfigurationBuilder AddRelayFlags(this IConfigurationBuilder builder, CommandLine line, string section = HostSettings.DefaultSection)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(line);
        ArgumentException.ThrowIfNullOrEmpty(section);
        return builder.Add(TableProvider.OfFlags(section, line));
    }
}
