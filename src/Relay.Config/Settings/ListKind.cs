using System.Diagnostics.CodeAnalysis;

namespace Relay.Settings;

/// <summary>A list of texts that each name a thing; in text, separated by commas.</summary>
/// <param name="maxCount">How many there may be.</param>
/// <param name="things">What they are, as <c>addresses</c>.</param>
internal abstract class ListKind<T>(int maxCount, string things) : SettingKind<IList<string>>
    where T : notnull
{
    public sealed override string Type => things;

    public sealed override string Accepted => $"{AcceptedInCode}; separated by commas, or the word {SettingText.None}";

    public sealed override bool TryParse(string text, [NotNullWhen(true)] out IList<string>? value, [NotNullWhen(false)] out string? problem)
    {
        value = text == SettingText.None ? KeepsNone ? [text] : [] : [.. text.Split(',', StringSplitOptions.TrimEntries)];
        problem = null;
        return true;
    }

    public sealed override string Format(IList<string> value) => string.Join(',', value);

    public sealed override IEnumerable<SettingProblem> Check(IList<string> value)
    {
        if (KeepsNone && value is [SettingText.None])
            yield break;
        if (value.Count > maxCount)
            yield return new SettingProblem(Format(value), $"has {value.Count} {things}, more than {maxCount}");

        var seen = new Dictionary<T, int>();
        for (int i = 0; i < Math.Min(value.Count, maxCount); i++)
        {
            string? rule = string.IsNullOrEmpty(value[i]) ? "must not be empty"
                : !TryRead(value[i], out T? item, out string? problem) ? problem
                : !MayRepeat(item) && !seen.TryAdd(item, i) ? $"is there twice (first at {seen[item]})"
                : null;
            if (rule is not null)
                yield return new SettingProblem(value[i], rule, i);
        }
    }

    /// <summary>Whether no list at all, which takes a default, is another thing than a list of none, which then holds that word.</summary>
    protected virtual bool KeepsNone => false;

    /// <summary>Reads one of the texts, and says what keeps the thing it names from being used.</summary>
    protected abstract bool TryRead(string text, [NotNullWhen(true)] out T? item, [NotNullWhen(false)] out string? problem);

    /// <summary>Whether the list may name this thing more than once.</summary>
    protected virtual bool MayRepeat(T item) => false;
}
