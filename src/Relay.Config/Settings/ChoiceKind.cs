using System.Diagnostics.CodeAnalysis;

namespace Relay.Settings;

/// <summary>One of a few words: the names of an enumeration, in text without regard to case.</summary>
internal sealed class ChoiceKind<T> : SettingKind<T>
    where T : struct, Enum
{
    public override string Type => "choice";

    public override string Accepted => string.Join(" or ", Enum.GetNames<T>().Select(static name => name.ToLowerInvariant()));

    public override string AcceptedInCode => string.Join(" or ", Enum.GetNames<T>());

    public override bool TryParse(string text, out T value, [NotNullWhen(false)] out string? problem)
    {
        // Enum.TryParse would take numbers, too.
        string? name = Array.Find(Enum.GetNames<T>(), name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        problem = name is null ? "is none of the words there are" : null;
        value = name is null ? default : Enum.Parse<T>(name);
        return name is not null;
    }

    public override string Format(T value) => Enum.IsDefined(value) ? $"{value}".ToLowerInvariant() : $"{value}";

    public override IEnumerable<SettingProblem> Check(T value) =>
        Enum.IsDefined(value) ? [] : [new SettingProblem($"{value}", "is none of the values there are")];
}
