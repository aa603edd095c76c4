using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Relay.Settings;

/// <summary>A list of IP networks.</summary>
internal sealed class NetworkListKind() : ListKind<IPNetwork>(MaxCount, "networks")
{
    private const int MaxCount = 64;

    public override string AcceptedInCode => $"up to {MaxCount} networks, as 10.0.0.0/8 or 2001:db8::/32, with no bit set behind the prefix";

    /// <summary>The network that a checked text names.</summary>
    public static IPNetwork Parse(string network) => IPNetwork.Parse(network);

    protected override bool TryRead(string text, out IPNetwork item, [NotNullWhen(false)] out string? problem)
    {
        // 10.0.0.1/8 may be meant as that address or as that network, and they are not the same exemption.
        problem = !IPNetwork.TryParse(text, out item) ? "is not a network"
            : !IPAddress.Parse(text.AsSpan(0, text.IndexOf('/'))).Equals(item.BaseAddress) ? $"has bits set behind the prefix; the network is {item}"
            : null;
        return problem is null;
    }
}
