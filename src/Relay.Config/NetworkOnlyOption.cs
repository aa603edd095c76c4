namespace Relay;

/// <summary>
/// The ACL refresh service: only members of the network may reserve, and who they are is read again and again. Absent when the relay
/// service is disabled or open to everyone. Documented at <see cref="MembershipConfig"/>.
/// </summary>
public sealed record NetworkOnlyOption : NodeOption
{
    internal NetworkOnlyOption()
    {
    }

    /// <summary>The time between two reads of the membership source.</summary>
    public TimeSpan Refresh { get; internal init; }

    /// <summary>How long one read may take.</summary>
    public TimeSpan ReadTimeout { get; internal init; }

    /// <summary>The oldest sighting that makes a member.</summary>
    public TimeSpan MaxAge { get; internal init; }

    /// <summary>How much older the last sighting of a member may become.</summary>
    public TimeSpan Grace { get; internal init; }

    /// <summary>How far in the future a sighting may lie.</summary>
    public TimeSpan MaxClockSkew { get; internal init; }

    /// <summary>The part of the members, in percent, that may leave at once by age.</summary>
    public int MaxShrinkPercent { get; internal init; }

    /// <summary>The members other than the node itself that close the bootstrap window.</summary>
    public int MinimumMembers { get; internal init; }

    /// <summary>How long the bootstrap window may stay open; null is unlimited.</summary>
    public TimeSpan? BootstrapTimeout { get; internal init; }

    /// <summary>The longest reservation granted while the window is open; null is the relay's own.</summary>
    public TimeSpan? BootstrapReservationTtl { get; internal init; }

    /// <summary>Who may open circuits through the relay.</summary>
    public ConnectPolicy Connect { get; internal init; }

    // A new BootstrapTimeout counts from when the window opened.
    internal override bool IsLive(string name) => true;

    internal override IEnumerable<(string Name, string Value)> Describe() =>
    [
        ("Refresh", Text(Refresh)),
        ("Connect", $"{Connect}"),
        ("ReadTimeout", Text(ReadTimeout)),
        ("MaxAge", Text(MaxAge)),
        ("Grace", Text(Grace)),
        ("MaxClockSkew", Text(MaxClockSkew)),
        ("MaxShrinkPercent", $"{MaxShrinkPercent}"),
        ("MinimumMembers", $"{MinimumMembers}"),
        ("BootstrapTimeout", Text(BootstrapTimeout)),
        ("BootstrapReservationTtl", Text(BootstrapReservationTtl)),
    ];
}
