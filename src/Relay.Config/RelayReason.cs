namespace Relay;

/// <summary>Why a relay could not be had, or was lost.</summary>
public enum RelayReason
{
    /// <summary>Nothing has happened, or the last request was granted.</summary>
    None,

    /// <summary>It cannot be connected to, or somebody else is at its address.</summary>
    Unreachable,

    /// <summary>It said no; <see cref="KnownRelay.Refusal"/> is what it said.</summary>
    Refused,

    /// <summary>It did not answer in time, or the connection ended while it was asked.</summary>
    NoAnswer,

    /// <summary>It does not speak HOP: it is no relay, or none any more.</summary>
    NotARelay,

    /// <summary>What it answered cannot be right: malformed, expired already, or with a voucher about something else.</summary>
    WrongAnswer,

    /// <summary>The last connection to it ended, and the reservation with it.</summary>
    ConnectionLost,

    /// <summary>The reservation ran out before it could be renewed.</summary>
    Expired,

    /// <summary>This node was stopped.</summary>
    Stopped,
}
