using System.Diagnostics.CodeAnalysis;

namespace Relay.Settings;

/// <summary>A length of time.</summary>
internal sealed class DurationKind(TimeSpan least, TimeSpan largest) : RangeKind<TimeSpan>(least, largest)
{
    public override string Type => "duration";

    public override string Accepted => $"a duration {DurationText.Forms}, {Range}";

    public override string AcceptedInCode => $"a duration {Range}";

    public override bool TryParse(string text, out TimeSpan value, [NotNullWhen(false)] out string? problem) =>
        DurationText.TryParse(text, out value, out problem);

    public override string Format(TimeSpan value) => DurationText.Format(value);
}
