namespace Relay.Members;

/// <summary>What one look at a snapshot of sightings came to.</summary>
internal readonly record struct Look
{
    /// <summary>Sightings of other peers that count: neither stale, nor from the future, nor of one that was revoked since.</summary>
    public int Fresh { get; init; }

    /// <summary>Sightings older than the largest age.</summary>
    public int Stale { get; init; }

    /// <summary>Sightings dated further ahead than clocks may differ.</summary>
    public int Future { get; init; }

    /// <summary>Peers that were not taken in because there are too many.</summary>
    public int Surplus { get; init; }

    /// <summary>Revocations that were forgotten before their time because there are too many.</summary>
    public int Forgotten { get; init; }

    /// <summary>Members that have not been seen for too long, and stay because too many would leave at once.</summary>
    public int HeldBack { get; init; }

    /// <summary>Whether the members have changed.</summary>
    public bool IsChanged { get; init; }
}
