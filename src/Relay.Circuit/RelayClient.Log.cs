using Microsoft.Extensions.Logging;
using Relay.Multiformats;

namespace Relay.Circuit;

public sealed partial class RelayClient
{
    // Event ids 1100 to 1199; never reused.
    [LoggerMessage(1100, LogLevel.Debug, "Reserved on {Relay} until {Expiration}")]
    private partial void LogReserved(PeerId relay, DateTimeOffset expiration);

    [LoggerMessage(1101, LogLevel.Debug, "Circuit through {Relay} to {Destination} open")]
    private partial void LogConnected(PeerId relay, PeerId destination);

    [LoggerMessage(1102, LogLevel.Debug, "The relay {Relay} sent an address that cannot be used: {Why}")]
    private partial void LogAddressSkipped(PeerId relay, string why);
}
