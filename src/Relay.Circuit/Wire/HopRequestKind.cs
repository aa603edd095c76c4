namespace Relay.Circuit.Wire;

/// <summary>What a client asks of the relay.</summary>
internal enum HopRequestKind
{
    /// <summary>Something that cannot be served; the request's fault says why.</summary>
    Faulty,

    /// <summary>A slot, or the renewal of one.</summary>
    Reserve,

    /// <summary>A circuit to another peer.</summary>
    Connect,
}
