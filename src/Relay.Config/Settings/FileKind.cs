using System.Diagnostics.CodeAnalysis;

namespace Relay.Settings;

/// <summary>The path of a file, or null for none. Whether the file is there and can be read shows when it is used.</summary>
internal sealed class FileKind : SettingKind<string?>
{
    public override string Type => "file";

    public override string Accepted => "the path of a file";

    public override string AcceptedInCode => "the path of a file; or null for none";

    public override bool TryParse(string text, out string? value, [NotNullWhen(false)] out string? problem)
    {
        value = text;
        problem = null;
        return true;
    }

    public override string Format(string? value) => value ?? string.Empty;

    public override IEnumerable<SettingProblem> Check(string? value)
    {
        if (value is null)
            yield break;
        if (string.IsNullOrWhiteSpace(value))
            yield return new SettingProblem(value, "must not be empty");
        else if (value.Contains('\0', StringComparison.Ordinal))
            yield return new SettingProblem(value, "must not contain a NUL character");
    }
}
