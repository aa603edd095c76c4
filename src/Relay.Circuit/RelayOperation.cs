namespace Relay.Circuit;

/// <summary>What a HOP request asks for.</summary>
public enum RelayOperation
{
    /// <summary>Nothing that was understood: the message was broken, of a type no client sends, or refused unread.</summary>
    Unreadable = 0,

    /// <summary>A reservation, new or renewed.</summary>
    Reserve = 1,

    /// <summary>A circuit.</summary>
    Connect = 2,
}
