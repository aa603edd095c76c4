namespace Relay.Circuit;

/// <summary>What a HOP request asks for.</summary>
public enum RelayOperation
{
    /// <summary>Nothing that could be understood: the message was broken, or of a type no client sends.</summary>
    Unreadable = 0,

    /// <summary>A reservation, new or renewed.</summary>
    Reserve = 1,

    /// <summary>A circuit.</summary>
    Connect = 2,
}
