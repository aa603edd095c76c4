namespace Relay.Circuit.Host;

/// <summary>Why a host stream could not be opened or went away.</summary>
public enum HostStreamError
{
    /// <summary>There is no direct connection to the peer.</summary>
    NotConnected,

    /// <summary>The peer does not speak the protocol.</summary>
    ProtocolNotSupported,

    /// <summary>The stream was reset, by this side or the remote's.</summary>
    Reset,

    /// <summary>The connection under the stream ended or failed.</summary>
    ConnectionLost,
}
