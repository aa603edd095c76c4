using Relay.Circuit;
using Relay.Libp2p;

namespace Relay.AutoRelay;

/// <summary>Why a relay could not be had, or was lost.</summary>
internal sealed record RelayFailure(RelayReason Reason, string Detail, Status? Refusal = null)
{
    public static readonly RelayFailure ConnectionLost = new(RelayReason.ConnectionLost, "the connection to it ended");

    public static readonly RelayFailure Expired = new(RelayReason.Expired, "the reservation ran out before it was renewed");

    /// <summary>It drains, or serves nobody any more, and has told its peers so. HOP is what others ask for a circuit in, too: what is reserved leads nowhere any more.</summary>
    public static readonly RelayFailure HopWithdrawn = new(RelayReason.NotARelay, "it has withdrawn the relay protocol");

    /// <summary>Whether the relay itself has said that there will be no reservation: no renewal either, while one still runs.</summary>
    public bool IsFinal => Reason is RelayReason.Refused or RelayReason.NotARelay;

    /// <summary>What a failed request means; null when it means nothing about the relay.</summary>
    public static RelayFailure From(Exception failure) => failure switch
    {
        RelayException { Reason: RelayError.Refused } refused => new(RelayReason.Refused, refused.Message, refused.Status),
        RelayException { Reason: RelayError.ProtocolNotSupported } other => new(RelayReason.NotARelay, other.Message),
        RelayException { Reason: RelayError.MalformedAnswer or RelayError.Expired or RelayError.InvalidVoucher } wrong =>
            new(RelayReason.WrongAnswer, wrong.Message),
        RelayException or TimeoutException => new(RelayReason.NoAnswer, failure.Message),
        DialException or IOException => new(RelayReason.Unreachable, failure.Message),
        _ => new(RelayReason.NoAnswer, $"it could not be asked: {failure.Message}"),
    };
}
