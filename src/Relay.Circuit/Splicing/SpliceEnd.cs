namespace Relay.Circuit.Splicing;

/// <summary>What ended a circuit.</summary>
internal enum SpliceEnd
{
    /// <summary>Nothing yet.</summary>
    None,

    /// <summary>Both ends closed.</summary>
    Closed,

    /// <summary>An end was reset, which is also how go closes a relayed connection, or its connection was lost.</summary>
    Reset,

    /// <summary>A direction was asked to carry more than the data limit.</summary>
    DataLimit,

    /// <summary>The circuit lasted as long as it may.</summary>
    DurationLimit,

    /// <summary>The relay was stopped.</summary>
    Stopped,

    /// <summary>The host failed in a way it does not promise.</summary>
    Failed,
}
