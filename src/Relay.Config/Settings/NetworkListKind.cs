using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Relay.Settings;

/// <summary>A list of IP networks; in text, separated by commas.</summary>
internal sealed class NetworkListKind : SettingKind<IList<string>>
{
    private const int MaxCount = 64;

    public override string Type => "networks";

    public override string Accepted => $"{AcceptedInCode}; separated by commas";

    public override string AcceptedInCode => $"up to {MaxCount} networks, as 10.0.0.0/8 or 2001:db8::/32, with no bit set behind the prefix";

    /// <summary>The network that a checked text names.</summary>
    public static IPNetwork Parse(string network) => IPNetwork.Parse(network);

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
            yield return new SettingProblem(Format(value), $"has {value.Count} networks, more than {MaxCount}");

        var seen = new Dictionary<IPNetwork, int>();
        for (int i = 0; i < Math.Min(value.Count, MaxCount); i++)
        {
            string? rule = string.IsNullOrEmpty(value[i]) ? "must not be empty"
                : !IPNetwork.TryParse(value[i], out IPNetwork network) ? "is not a network"
                : !IsItsBase(value[i], network) ? $"has bits set behind the prefix; the network is {network}"
                : !seen.TryAdd(network, i) ? $"is there twice (first at {seen[network]})"
                : null;
            if (rule is not null)
                yield return new SettingProblem(value[i], rule, i);
        }
    }

    // 10.0.0.1/8 may be meant as that address or as that network, and they are not the same exemption.
    private static bool IsItsBase(string text, IPNetwork network) => IPAddress.Parse(text.AsSpan(0, text.IndexOf('/'))).Equals(network.BaseAddress);
}
