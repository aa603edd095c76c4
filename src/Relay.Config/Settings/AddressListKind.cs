using System.Diagnostics.CodeAnalysis;
using Relay.Multiformats;

namespace Relay.Settings;

/// <summary>A list of multiaddresses; in text, separated by commas.</summary>
/// <param name="form">What each address must look like, in one phrase.</param>
/// <param name="whatIsWrong">What keeps a well-formed address from being used; null for nothing.</param>
internal sealed class AddressListKind(string form, Func<Multiaddress, string?> whatIsWrong) : SettingKind<IList<string>>
{
    private const int MaxCount = 32;

    public override string Type => "addresses";

    public override string Accepted => $"{AcceptedInCode}; separated by commas";

    public override string AcceptedInCode => $"up to {MaxCount} multiaddresses, each {form}";

    public override bool TryParse(string text, [NotNullWhen(true)] out IList<string>? value, [NotNullWhen(false)] out string? problem)
    {
        value = [.. text.Split(',', StringSplitOptions.TrimEntries)];
        problem = null;
        return true;
    }

    public override string Format(IList<string> value) => string.Join(',', value);

    public override IEnumerable<SettingProblem> Check(IList<string> value)
    {
        if (value.Count > MaxCount)
            yield return new SettingProblem(Format(value), $"has {value.Count} addresses, more than {MaxCount}");

        var seen = new Dictionary<Multiaddress, int>();
        for (int i = 0; i < Math.Min(value.Count, MaxCount); i++)
        {
            string? rule = string.IsNullOrEmpty(value[i]) ? "must not be empty"
                : !Multiaddress.TryParse(value[i], out Multiaddress? address, out string? error) ? $"is not a multiaddress ({error})"
                : whatIsWrong(address) is { } wrong ? wrong
                : !address.HasPort("0") && !seen.TryAdd(address, i) ? $"is there twice (first at {seen[address]})"
                : null;
            if (rule is not null)
                yield return new SettingProblem(value[i], rule, i);
        }
    }
}
