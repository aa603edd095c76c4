namespace Relay;

/// <summary>What a membership snapshot means.</summary>
public enum MembershipKind
{
    /// <summary>
    /// The snapshot is the truth: a list, a file, a database. Empty means nobody. There is no bootstrap window, and a source that cannot be
    /// read at start is an error.
    /// </summary>
    Authoritative,

    /// <summary>
    /// The snapshot is what was seen: an alive bucket, a ledger. The bootstrap window is open until the first snapshot with a member in it;
    /// one without changes nothing, because it says only that nothing was seen. A source that cannot be read at start is tried again.
    /// </summary>
    Sightings,
}
