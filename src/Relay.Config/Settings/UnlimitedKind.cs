using System.Diagnostics.CodeAnalysis;

namespace Relay.Settings;

/// <summary>A limit that can be lifted: null in code, the word <c>unlimited</c> in text and nothing else.</summary>
internal sealed class UnlimitedKind<T>(SettingKind<T> limit) : SettingKind<T?>
    where T : struct
{
    public override string Type => limit.Type;

    public override string Unit => limit.Unit;

    public override string Range => limit.Range;

    public override string Accepted => $"{limit.Accepted}; or the word {SettingText.Unlimited}";

    public override string AcceptedInCode => $"{limit.AcceptedInCode}; or null for {SettingText.Unlimited}";

    public override bool TryParse(string text, out T? value, [NotNullWhen(false)] out string? problem)
    {
        value = null;
        problem = null;
        if (text == SettingText.Unlimited)
            return true;
        if (!limit.TryParse(text, out T limited, out problem))
            return false;

        value = limited;
        return true;
    }

    public override string Format(T? value) => value is { } limited ? limit.Format(limited) : SettingText.Unlimited;

    public override IEnumerable<SettingProblem> Check(T? value) => value is { } limited ? limit.Check(limited) : [];
}
