namespace Relay;

/// <summary>What has happened to a peer in an <see cref="IAliveLedger"/>.</summary>
public enum AliveChangeKind
{
    /// <summary>It was seen, and had not been.</summary>
    Joined,

    /// <summary>It was not seen for too long.</summary>
    Silent,

    /// <summary>It was revoked.</summary>
    Revoked,
}
