namespace Relay;

/// <summary>Why the members of the network could not be read.</summary>
public enum MembershipError
{
    /// <summary>The source could not be read: it is missing, forbidden, too large, or threw an exception.</summary>
    Unreadable,

    /// <summary>The source gave no answer in time.</summary>
    TimedOut,

    /// <summary>The source has entries, and none could be read.</summary>
    NothingUsable,

    /// <summary>The source returned no snapshot, or one of another kind than it says it has.</summary>
    WrongAnswer,
}
