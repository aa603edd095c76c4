using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Relay.Settings;

/// <summary>One of a few words: in code the members of an enumeration, in text the same in small letters with hyphens, <c>MembersOnly</c> as <c>members-only</c>.</summary>
internal sealed class WordKind<T> : SettingKind<T>
    where T : struct, Enum
{
    private static readonly Dictionary<string, T> ByWord = Enum.GetValues<T>().ToDictionary(ToWord, StringComparer.Ordinal);

    public override string Type => "word";

    public override string Accepted => $"one of {string.Join(", ", ByWord.Keys)}";

    public override string AcceptedInCode => $"one of {string.Join(", ", Enum.GetNames<T>())}";

    public override bool TryParse(string text, out T value, [NotNullWhen(false)] out string? problem)
    {
        problem = ByWord.TryGetValue(text, out value) ? null : "is none of the words";
        return problem is null;
    }

    public override string Format(T value) => Enum.IsDefined(value) ? ToWord(value) : value.ToString();

    public override IEnumerable<SettingProblem> Check(T value) => Enum.IsDefined(value) ? [] : [new SettingProblem(Format(value), "is none of the words")];

    private static string ToWord(T value)
    {
        var word = new StringBuilder();
        foreach (char letter in value.ToString())
        {
            if (char.IsUpper(letter) && word.Length > 0)
                word.Append('-');
            word.Append(char.ToLowerInvariant(letter));
        }

        return word.ToString();
    }
}
