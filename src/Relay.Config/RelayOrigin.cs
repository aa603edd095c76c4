namespace Relay;

/// <summary>How a node came to know of a relay.</summary>
public enum RelayOrigin
{
    /// <summary>From <see cref="AutoRelayConfig.StaticRelays"/>.</summary>
    Static,

    /// <summary>From the candidate source.</summary>
    Source,

    /// <summary>The application reserved on it (<see cref="Relays.ReserveAsync"/>). It is not renewed, and does not count as one of those wanted.</summary>
    Application,
}
