using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Relay.Settings;

/// <summary>
/// What is wrong with a command line, as a part of the configuration that it is read into: whoever reads the section meets it, whether or not the providers
/// behind the section are known.
/// </summary>
internal static class FlagErrors
{
    /// <summary>The key below the section. No setting has this name, so that other strict readers stumble over it as well.</summary>
    public const string Key = "CommandLineErrors";

    public static void Write(IReadOnlyList<ConfigError> errors, string section, IDictionary<string, string?> data)
    {
        for (int i = 0; i < errors.Count; i++)
        {
            string item = ConfigurationPath.Combine(section, Key, i.ToString(CultureInfo.InvariantCulture));
            data[$"{item}:{nameof(ConfigError.Path)}"] = errors[i].Path;
            data[$"{item}:{nameof(ConfigError.Value)}"] = errors[i].Value;
            data[$"{item}:{nameof(ConfigError.Rule)}"] = errors[i].Rule;
            data[$"{item}:{nameof(ConfigError.Accepted)}"] = errors[i].Accepted;
        }
    }

    public static IEnumerable<ConfigError> Read(ValueSource source)
    {
        foreach (string item in source.ChildrenOf(Key))
        {
            if (Part(nameof(ConfigError.Path)) is { } path && Part(nameof(ConfigError.Rule)) is { } rule && Part(nameof(ConfigError.Accepted)) is { } accepted)
                yield return new ConfigError(path, Part(nameof(ConfigError.Value)), rule, accepted) { Source = path };

            string? Part(string name) => source.TryGet($"{Key}:{item}:{name}", out string? text) ? text : null;
        }
    }
}
