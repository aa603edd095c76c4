using Relay.Circuit;

namespace Relay.AutoRelay;

/// <summary>When to renew and when to try again: every wait of the relay client, with its jitter.</summary>
internal sealed class RelayTiming(AutoRelayOption option, Random random)
{
    /// <summary>
    /// No reservation is trusted for longer: a relay that was told to forget it may say so only when it is asked. What it costs is one RESERVE in that time, on a
    /// connection that is there. rust-libp2p's relay counts renewals, and by default takes one a minute from an IP address: several nodes behind one are to fit.
    /// </summary>
    public static readonly TimeSpan LongestRenewal = TimeSpan.FromMinutes(5);

    /// <summary>A reservation that was held for as long has lasted. A connection that is lost sooner counts as a failure.</summary>
    public static readonly TimeSpan Lasting = TimeSpan.FromSeconds(30);

    /// <summary>However short a reservation, its relay is not asked more often.</summary>
    public static readonly TimeSpan ShortestRenewal = TimeSpan.FromMilliseconds(500);

    /// <summary>How long after a time a relay has announced it is over for sure: times are told in whole seconds, rounded to the nearest by some.</summary>
    public static readonly TimeSpan Forgetting = TimeSpan.FromMilliseconds(600);

    /// <summary>All peers of a relay that went away come back within this time, not at one moment.</summary>
    public static readonly TimeSpan ReconnectSpread = TimeSpan.FromMilliseconds(500);

    /// <summary>How many times the first wait a relay is left alone at most that does not admit this node: an admission takes one word, and is not to go unnoticed.</summary>
    public const int MaxDeniedBackOff = 2;

    private static readonly TimeSpan FirstReconnect = TimeSpan.FromSeconds(1);
    private const int MaxDoublings = 20;

    /// <summary>How long after a reservation was granted for <paramref name="left"/> it is renewed: about half of it, which leaves as much for failures.</summary>
    public TimeSpan RenewAfter(TimeSpan left)
    {
        TimeSpan half = left / 2 * Between(0.9, 1.1);
        return Clamp(half, ShortestRenewal, LongestRenewal * Between(0.8, 1));
    }

    /// <summary>How long after a connection was lost it is made again.</summary>
    public TimeSpan ReconnectAfter() => ReconnectSpread * random.NextDouble();

    /// <summary>How long a relay is left alone after so many failures in a row, this one included.</summary>
    public TimeSpan BackOff(RelayFailure failure, int failures)
    {
        TimeSpan most = Max(option.MaxRetryBackOff, option.RetryBackOff);
        if (failure.Refusal == Status.PermissionDenied)
            most = Min(most, option.RetryBackOff * MaxDeniedBackOff);
        TimeSpan first = failure.Reason switch
        {
            RelayReason.WrongAnswer => most, // not what another try soon would change
            RelayReason.Refused or RelayReason.NotARelay => option.RetryBackOff, // one that starts listens before it serves
            _ => Min(FirstReconnect, option.RetryBackOff),
        };
        return Min(first * Math.Pow(2, Math.Min(failures - 1, MaxDoublings)), most) * Between(0.8, 1.2);
    }

    /// <summary>How long after a failed renewal the next is tried, with <paramref name="left"/> of the reservation: several tries fit into it.</summary>
    public TimeSpan RenewAgainAfter(RelayFailure failure, int failures, TimeSpan left) =>
        Clamp(left / 3, ShortestRenewal, BackOff(failure, failures));

    /// <summary>A number to sort by that is as good as any other.</summary>
    public int Shuffle() => random.Next();

    private double Between(double least, double most) => least + (most - least) * random.NextDouble();

    private static TimeSpan Clamp(TimeSpan value, TimeSpan least, TimeSpan most) => Max(least, Min(value, most));

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
