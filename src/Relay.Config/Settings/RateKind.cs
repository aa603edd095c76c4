using System.Diagnostics.CodeAnalysis;
using Relay.Circuit;

namespace Relay.Settings;

/// <summary>How often something may happen.</summary>
internal sealed class RateKind : SettingKind<Rate>
{
    public override string Type => "rate";

    public override string Range => $"from 1 to {Rate.MaxCount} per {DurationText.Format(Rate.MinPeriod)} to {DurationText.Format(Rate.MaxPeriod)}";

    public override string Accepted => $"a rate {RateText.Forms}, {Range}";

    public override string AcceptedInCode => $"a rate {Range}";

    public override bool TryParse(string text, out Rate value, [NotNullWhen(false)] out string? problem) => RateText.TryParse(text, out value, out problem);

    public override string Format(Rate value) => RateText.Format(value);

    public override IEnumerable<SettingProblem> Check(Rate value)
    {
        if (value.Count < 1)
            yield return new SettingProblem(Format(value), "must count at least 1");
        if (value.Count > Rate.MaxCount)
            yield return new SettingProblem(Format(value), $"must count at most {Rate.MaxCount}");
        if (value.Period < Rate.MinPeriod)
            yield return new SettingProblem(Format(value), $"must be per {DurationText.Format(Rate.MinPeriod)} or longer");
        if (value.Period > Rate.MaxPeriod)
            yield return new SettingProblem(Format(value), $"must be per {DurationText.Format(Rate.MaxPeriod)} or shorter");
    }
}
