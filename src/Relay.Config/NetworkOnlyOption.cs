namespace Relay;

/// <summary>
/// The ACL refresh service: only members of the network may reserve, and who they are is read again and again. Absent when the relay
/// service is disabled or open to everyone.
/// </summary>
public sealed record NetworkOnlyOption : NodeOption
{
    internal NetworkOnlyOption()
    {
    }

    /// <summary>The time between two reads of the membership source.</summary>
    public TimeSpan Refresh { get; internal init; }

    /// <summary>Who may open circuits through the relay.</summary>
    public ConnectPolicy Connect { get; internal init; }

    internal override IEnumerable<(string Name, string Value)> Describe() => [("Refresh", Text(Refresh)), ("Connect", $"{Connect}")];
}
