using Microsoft.Extensions.Logging;
using Relay.Multiformats;

namespace Relay.Circuit;

public sealed partial class CircuitRelay
{
    // Event ids 1000 to 1099; never reused.
    [LoggerMessage(1000, LogLevel.Information, "Relay service started: {Options}")]
    private partial void LogStarted(CircuitRelayOptions options);

    [LoggerMessage(1001, LogLevel.Information, "Relay service stopped")]
    private partial void LogStopped();

    [LoggerMessage(1002, LogLevel.Debug, "RESERVE of {Peer}: {Reason} until {Expiration}")]
    private partial void LogReserved(PeerId peer, ReasonCode reason, DateTimeOffset expiration);

    [LoggerMessage(1003, LogLevel.Debug, "RESERVE of {Peer} refused ({Reason}): {Decision}")]
    private partial void LogReserveRefused(PeerId peer, ReasonCode reason, Decision decision);

    [LoggerMessage(1004, LogLevel.Debug, "Reservation of {Peer} retracted: its OK could not be delivered")]
    private partial void LogRetracted(PeerId peer);

    [LoggerMessage(1005, LogLevel.Debug, "CONNECT of {Source} to {Destination} refused ({Reason}): {Decision}")]
    private partial void LogConnectRefused(PeerId source, PeerId? destination, ReasonCode reason, Decision decision);

    [LoggerMessage(1006, LogLevel.Debug, "Circuit of {Source} to {Destination} failed: {Reason}")]
    private partial void LogConnectFailed(PeerId source, PeerId destination, ReasonCode reason);

    [LoggerMessage(1007, LogLevel.Debug, "Circuit of {Source} to {Destination} open")]
    private partial void LogCircuitOpen(PeerId source, PeerId destination);

    [LoggerMessage(1008, LogLevel.Debug, "Circuit of {Source} to {Destination} ended ({End}) after {BytesToDestination} and {BytesToSource} bytes")]
    private partial void LogCircuitEnded(PeerId source, PeerId destination, CircuitEnd end, long bytesToDestination, long bytesToSource);

    [LoggerMessage(1009, LogLevel.Debug, "HOP request of {Peer} refused: {Reason}")]
    private partial void LogHopFaulty(PeerId peer, ReasonCode reason);

    [LoggerMessage(1010, LogLevel.Debug, "HOP stream of {Peer} ended early: {Cause}")]
    private partial void LogHopEndedEarly(PeerId peer, string cause);

    [LoggerMessage(1011, LogLevel.Error, "HOP stream of {Peer} failed")]
    private partial void LogHopFailed(Exception exception, PeerId peer);

    [LoggerMessage(1012, LogLevel.Warning, "The access-control filter failed for {Peer}; that counts as a refusal")]
    private partial void LogAclFailed(Exception exception, PeerId peer);

    [LoggerMessage(1013, LogLevel.Information, "Relay options changed: {Options}")]
    private partial void LogApplied(CircuitRelayOptions options);

    [LoggerMessage(1017, LogLevel.Information, "Relay service drains: nothing new, {Circuits} circuits have {Timeout} to finish")]
    private partial void LogDraining(int circuits, TimeSpan timeout);

    [LoggerMessage(1018, LogLevel.Warning, "Relay service stops before it has drained: {Circuits} circuits are cut off")]
    private partial void LogCutOff(int circuits);

    [LoggerMessage(1014, LogLevel.Information, "{Peer} evicted ({Reason}): {Detail}; reservation: {HadReservation}, circuits that end: {Circuits}")]
    private partial void LogEvicted(PeerId peer, ReasonCode reason, string? detail, bool hadReservation, int circuits);

    [LoggerMessage(1015, LogLevel.Information, "The policy has changed: {Reservations} reservations are no longer admitted, {Circuits} circuits end in {Drain}")]
    private partial void LogReevaluated(int reservations, int circuits, TimeSpan drain);

    [LoggerMessage(1016, LogLevel.Debug, "Circuit of {Source} to {Destination} cut short: {Reason}")]
    private partial void LogCutShort(PeerId source, PeerId destination, ReasonCode reason);

    [LoggerMessage(1020, LogLevel.Debug, "HOP stream of {Peer} refused unread ({Reason}): {Decision}")]
    private partial void LogHopRefused(PeerId peer, ReasonCode reason, Decision decision);
}
