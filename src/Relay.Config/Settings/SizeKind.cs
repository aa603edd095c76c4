using System.Diagnostics.CodeAnalysis;

namespace Relay.Settings;

/// <summary>A number of bytes.</summary>
internal sealed class SizeKind(long least, long largest) : RangeKind<long>(least, largest)
{
    public override string Type => "size";

    public override string Unit => "bytes";

    public override string Accepted => $"bytes, {SizeText.Forms}, {Range}";

    public override string AcceptedInCode => $"a number of bytes {Range}";

    public override bool TryParse(string text, out long value, [NotNullWhen(false)] out string? problem) =>
        SizeText.TryParse(text, out value, out problem);

    public override string Format(long value) => SizeText.Format(value);
}
