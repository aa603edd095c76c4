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

    /// <summary>A reservation still runs, and the relay has refused to renew it, or has told that it serves nobody any more. The node is reached through it until it ends, and seeks another.</summary>
    Leaving,

    /// <summary>Left alone for a while after a failure.</summary>
    Waiting,
}
