using Relay.Multiformats;

namespace Relay.Circuit;

/// <summary>What has become of a reservation: made or renewed by a decision, or ended for a reason.</summary>
/// <param name="Peer">Who holds or held it.</param>
/// <param name="Granted">What made or renewed it; null when it has ended.</param>
/// <param name="End">Why it has ended; <see cref="ReasonCode.None"/> when it has not.</param>
/// <param name="Detail">What was said about its end, if anything was.</param>
internal readonly record struct ReservationChange(PeerId Peer, Decision? Granted, ReasonCode End, string? Detail);
