namespace Relay.LoadTest.Peers;

/// <summary>What runs over a circuit.</summary>
internal enum PeerKind
{
    /// <summary>The plain bytes, so that what the ends do costs as little as can be, and the relay is what is measured.</summary>
    Raw,

    /// <summary>A connection as applications have it: Noise and Yamux inside the circuit, identify at both ends.</summary>
    Full,
}
