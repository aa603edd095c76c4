using System.Diagnostics.CodeAnalysis;
using Relay.Multiformats;

namespace Relay.Settings;

/// <summary>A peer id, or null for none.</summary>
internal sealed class PeerKind : SettingKind<string?>
{
    public override string Type => "peer id";

    public override string Accepted => "a peer id, 12D3KooW... or Qm...";

    public override string AcceptedInCode => $"{Accepted}; or null for none";

    public override bool TryParse(string text, out string? value, [NotNullWhen(false)] out string? problem)
    {
        value = text;
        problem = null;
        return true;
    }

    public override string Format(string? value) => value ?? string.Empty;

    public override IEnumerable<SettingProblem> Check(string? value) =>
        value is null || PeerId.TryParse(value, out _) ? [] : [new SettingProblem(value, "is no peer id")];
}
