using System.Globalization;
using Relay.Circuit;
using Relay.Settings;

namespace Relay;

/// <summary>
/// One validated, immutable part of a node's configuration, made by <see cref="Config.ToOptions"/>. A closed hierarchy: each part is a
/// sealed record, equal to another one by value (lists by content), and at most once in the options of a node.
/// </summary>
public abstract record NodeOption
{
    private protected NodeOption()
    {
    }

    /// <summary>The name of the option and its values, on one line: <c>RelayServiceOption { MaxData = 1GiB, ... }</c>.</summary>
    public sealed override string ToString()
    {
        string values = string.Join(", ", Describe().Select(part => $"{part.Name} = {part.Value}"));
        return values.Length == 0 ? $"{GetType().Name} {{ }}" : $"{GetType().Name} {{ {values} }}";
    }

    // Internal and abstract: a type outside of this assembly cannot implement it, and so cannot join the hierarchy.
    internal abstract IEnumerable<(string Name, string Value)> Describe();

    // Whether a running node takes another value of this name, see RelayNode.ApplyAsync.
    internal virtual bool IsLive(string name) => false;

    private protected static string Text(TimeSpan duration) => DurationText.Format(duration);

    private protected static string Text(TimeSpan? duration) => duration is { } time ? Text(time) : SettingText.Unlimited;

    private protected static string Count(int? count) =>
        count is { } number ? number.ToString(CultureInfo.InvariantCulture) : SettingText.Unlimited;

    private protected static string Text(Rate? rate) => rate is { } limit ? RateText.Format(limit) : SettingText.Unlimited;

    private protected static string Text(long? size) => size is { } bytes ? SizeText.Format(bytes) : SettingText.Unlimited;
}
