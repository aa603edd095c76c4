using Microsoft.Extensions.Configuration;

namespace Relay.Settings;

/// <summary>A configuration provider that knows what its keys are called where they come from.</summary>
internal interface INamedSource : IConfigurationProvider
{
    /// <summary>What is wrong with the source as a whole.</summary>
    IReadOnlyList<ConfigError> Errors { get; }

    /// <summary>The flag or the variable behind the setting.</summary>
    string NameOf(Setting setting);
}
