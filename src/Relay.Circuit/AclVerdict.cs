namespace Relay.Circuit;

/// <summary>An answer of an <see cref="IRelayAclFilter"/>: yes or no, and why. Converts from <see cref="bool"/>. The default value is a refusal.</summary>
public readonly record struct AclVerdict
{
    private AclVerdict(bool isAllowed, string? reason)
    {
        IsAllowed = isAllowed;
        Reason = reason;
    }

    /// <summary>Whether the request is admitted.</summary>
    public bool IsAllowed { get; }

    /// <summary>Why, in a few words for the log and the event; not sent to the peer. Null when the filter gave none.</summary>
    public string? Reason { get; }

    /// <summary>Yes.</summary>
    public static AclVerdict Allow(string? reason = null) => new(true, reason);

    /// <summary>No.</summary>
    public static AclVerdict Deny(string? reason = null) => new(false, reason);

    /// <summary>True is yes, false is no.</summary>
    public static implicit operator AclVerdict(bool isAllowed) => new(isAllowed, null);
}
