using System.Diagnostics.CodeAnalysis;

namespace Relay.Settings;

/// <summary>On or off.</summary>
internal sealed class SwitchKind : SettingKind<bool>
{
    public override string Type => "switch";

    public override string Accepted => "true or false (also 1, t, T, TRUE, True, 0, f, F, FALSE, False)";

    public override string AcceptedInCode => "true or false";

    public override bool TryParse(string text, out bool value, [NotNullWhen(false)] out string? problem)
    {
        bool read = SwitchText.TryParse(text, out value);
        problem = read ? null : "is neither true nor false";
        return read;
    }

    public override string Format(bool value) => SwitchText.Format(value);

    public override IEnumerable<SettingProblem> Check(bool value) => [];
}
