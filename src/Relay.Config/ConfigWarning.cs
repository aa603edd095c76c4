using Relay.Settings;

namespace Relay;

/// <summary>One thing in a <see cref="Config"/> that works and is probably not what was meant.</summary>
/// <param name="Path">Where: the path of the setting below the section, as <c>Connection:RelayService:ReservationTtl</c>.</param>
/// <param name="Value">The value found there, as text; null when it is null.</param>
/// <param name="Concern">What is unwise about it, as <c>is longer than the reservation holds</c>.</param>
public sealed record ConfigWarning(string Path, string? Value, string Concern)
{
    /// <summary>The warning on one line.</summary>
    public override string ToString() => $"{Path}: {SettingText.Quote(Value)} {Concern}.";
}
