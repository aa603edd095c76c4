using System.Text;
using Microsoft.Extensions.Configuration;
using Relay.Settings;

namespace Relay.Tests;

/// <summary>Reads settings the way a host does: a file, the environment, the command line.</summary>
internal static class SettingsInput
{
    public static SettingsReading Read(params string[] args) => Read(args, _ => null);

    public static SettingsReading Read(string[] args, params (string Name, string Value)[] variables) =>
        Read(args, variables.ToDictionary(variable => variable.Name, variable => variable.Value).GetValueOrDefault);

    public static SettingsReading Read(string[] args, Func<string, string?> environment, string? json = null)
    {
        var builder = new ConfigurationBuilder();
        if (json is not null)
            builder.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)));
        IConfigurationRoot root = builder.AddRelayVariables(environment: () => VariablesOf(environment)).AddRelayFlags(CommandLine.Parse(args)).Build();
        return SettingsReading.Read(root.GetSection(HostSettings.DefaultSection), root);
    }

    /// <summary>The variables of the table that an environment has.</summary>
    private static Dictionary<string, string> VariablesOf(Func<string, string?> environment) => SettingsTable.Rows
        .Select(row => (row.Variable, Value: environment(row.Variable)))
        .Where(one => one.Value is not null)
        .ToDictionary(one => one.Variable, one => one.Value!);

    /// <summary>Reads a JSON file of its own, given the content of its section.</summary>
    public static SettingsReading ReadFile(string section, params string[] args)
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "appsettings.json"), $$"""{ "Relay": {{section}} }""");
            IConfigurationRoot root = new ConfigurationBuilder()
                .SetBasePath(folder)
                .AddJsonFile("appsettings.json")
                .AddRelayFlags(CommandLine.Parse(args))
                .Build();
            return SettingsReading.Read(root.GetSection(HostSettings.DefaultSection), root);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
