namespace Relay;

/// <summary>How this node stands with a relay.</summary>
public enum RelayState
{
    /// <summary>Known, and not asked: enough others are held, or its turn has not come.</summary>
    Candidate,

    /// <summary>Being connected to and asked for a first reservation.</summary>
    Reserving,

    /// <summary>A reservation is held: the node is reached through this relay.</summary>
    Reserved,

    /// <summary>
    /// A reservation still runs, and the relay has refused to renew it, or serves nobody any more (<see cref="RelayReason.NotARelay"/>). The node seeks another. It is
    /// reached through one that has refused until the reservation ends; through one that serves nobody it is not dialed any more, and is not advertised. Circuits that
    /// are open go on either way.
    /// </summary>
    Leaving,

    /// <summary>Left alone for a while after a failure.</summary>
    Waiting,
}
