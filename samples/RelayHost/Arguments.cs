using System.Collections;
using Microsoft.Extensions.Configuration;
using Relay;
using Relay.Settings;

namespace RelayHost;

/// <summary>Reads the command line, the environment and the configuration file.</summary>
internal static class Arguments
{
    /// <summary>
    /// Reads the settings, or prints why not: help and <c>--print-config</c> on <paramref name="output"/>, each error on a line of
    /// <paramref name="errors"/>.
    /// </summary>
    /// <returns>A configuration with valid settings; or null and the exit code to end with.</returns>
    public static (IConfigurationRoot? Configuration, int ExitCode) Read(
        IReadOnlyList<string> args, Func<IDictionary> environment, TextWriter output, TextWriter errors)
    {
        CommandLine line = CommandLine.Parse(args);
        if (line.HelpRequested)
        {
            HelpText.Write(output);
            return (null, ExitCodes.Success);
        }

        IConfigurationRoot configuration;
        try
        {
            configuration = Load(line, environment);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            errors.WriteLine($"--config: {e.Message}{(e.InnerException is { } inner ? " " + inner.Message : "")}");
            return (null, ExitCodes.Usage);
        }

        SettingsReading reading = SettingsReading.Read(configuration.GetSection(HostSettings.DefaultSection), configuration);
        foreach (ConfigError error in reading.Errors)
            errors.WriteLine(error);
        if (line.PrintRequested)
            Print(reading, output, errors);
        if (!reading.Errors.IsEmpty || line.PrintRequested)
            return (null, reading.Errors.IsEmpty ? ExitCodes.Success : ExitCodes.Usage);
        return WhatIsMissing(reading.Settings, errors) ? (null, ExitCodes.Usage) : (configuration, ExitCodes.Success);
    }

    private static IConfigurationRoot Load(CommandLine line, Func<IDictionary> environment)
    {
        var builder = new ConfigurationBuilder();
        if (line.ConfigFile is { } file)
            builder.AddJsonFile(Path.GetFullPath(file), optional: false, reloadOnChange: !line.PrintRequested);
        IConfigurationRoot configuration = builder.AddRelayVariables(environment: environment).AddRelayFlags(line).Build();
        return line.ConfigFile is null || configuration.Providers.First().GetChildKeys([], HostSettings.DefaultSection).Any()
            ? configuration
            : throw new InvalidDataException($"{line.ConfigFile} has no section {HostSettings.DefaultSection}.");
    }

    private static void Print(SettingsReading reading, TextWriter output, TextWriter errors)
    {
        foreach (EffectiveSetting value in reading.Values)
            output.WriteLine(value);
        foreach (ConfigWarning warning in reading.Warnings)
            errors.WriteLine($"Warning: {warning}"); // a node that starts logs them itself
    }

    private static bool WhatIsMissing(HostSettings settings, TextWriter errors)
    {
        RelayServiceConfig relay = settings.Config.Connection.RelayService;
        if (relay.Disabled || !relay.NetworkOnly || settings.MembersFile is not null || settings.MembersApi is not null)
            return false;

        const string WaysOut = "--members-file, a file with the members; --members-api, an EdgeVPN node that knows them; "
            + "or --relay-service-network-only=false to let everyone reserve";
        errors.WriteLine(new ConfigError("MembersFile", null, "must be set: the relay is for members only", WaysOut));
        return true;
    }
}
