using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Relay.Settings;

/// <summary>A whole number of things.</summary>
/// <param name="least">The least value.</param>
/// <param name="largest">The largest value.</param>
/// <param name="unit">The things, as <c>circuits</c>.</param>
internal sealed class CountKind(int least, int largest, string unit = "") : RangeKind<int>(least, largest)
{
    public override string Type => "count";

    public override string Unit => unit;

    public override string Accepted => $"a whole number {Range}";

    public override string AcceptedInCode => Accepted;

    public override bool TryParse(string text, out int value, [NotNullWhen(false)] out string? problem)
    {
        value = 0;
        if (!NumberText.TryParseWhole(text, out decimal number, out problem))
            return false;

        // What an int cannot hold is out of every range: the nearest int is too, and its check says so.
        value = (int)Math.Clamp(number, int.MinValue, int.MaxValue);
        return true;
    }

    public override string Format(int value) => value.ToString(CultureInfo.InvariantCulture);
}
