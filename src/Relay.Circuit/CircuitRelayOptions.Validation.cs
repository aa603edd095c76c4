using System.Globalization;

namespace Relay.Circuit;

public sealed partial record CircuitRelayOptions
{
    private const int MaxExemptNetworks = 64;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Everything that is outside its range; empty when the options can be used.</summary>
    public IReadOnlyList<CircuitRelayOptionsError> Validate()
    {
        var errors = new List<CircuitRelayOptionsError>();
        Check(MaxData is null or >= 1, nameof(MaxData), MaxData, "at least 1, or null for no limit");
        Check(MaxDuration is null || MaxDuration > TimeSpan.Zero, nameof(MaxDuration), MaxDuration, "more than zero, or null for no limit");
        CheckRate(MaxCircuitBandwidth, nameof(MaxCircuitBandwidth));
        CheckRate(MaxTotalBandwidth, nameof(MaxTotalBandwidth));
        if (CircuitIdleTimeout is { } idle)
            CheckTime(idle, TimeSpan.FromSeconds(1), TimeSpan.FromDays(366), nameof(CircuitIdleTimeout));
        Check(MemoryBudget is null or >= 1 << 20, nameof(MemoryBudget), MemoryBudget, "at least 1048576 bytes, or null for none");
        CheckCount(MaxCircuits, nameof(MaxCircuits));
        CheckCount(MaxTotalCircuits, nameof(MaxTotalCircuits));
        CheckTime(ReservationTtl, TimeSpan.FromSeconds(1), TimeSpan.FromDays(366), nameof(ReservationTtl));
        Check(BufferSize is >= 1024 and <= 16 << 20, nameof(BufferSize), BufferSize, "1024 to 16777216 bytes");
        CheckCount(MaxReservations, nameof(MaxReservations));
        CheckCount(MaxReservationsPerIp, nameof(MaxReservationsPerIp));
        CheckOptionalCount(MaxReservationsPerIpv4Prefix, nameof(MaxReservationsPerIpv4Prefix));
        Check(Ipv4PrefixLength is >= 1 and <= 32, nameof(Ipv4PrefixLength), Ipv4PrefixLength, "1 to 32");
        CheckOptionalCount(MaxReservationsPerIpv6Prefix, nameof(MaxReservationsPerIpv6Prefix));
        Check(Ipv6PrefixLength is >= 1 and <= 128, nameof(Ipv6PrefixLength), Ipv6PrefixLength, "1 to 128");
        Check(ExemptNetworks is { Count: <= MaxExemptNetworks }, nameof(ExemptNetworks), ExemptNetworks?.Count, $"at most {MaxExemptNetworks} networks");
        CheckOptionalCount(MaxCircuitsPerDestination, nameof(MaxCircuitsPerDestination));
        CheckCount(MaxHopStreamsPerConnection, nameof(MaxHopStreamsPerConnection));
        CheckFrequency(ReservationRatePerPeer, nameof(ReservationRatePerPeer));
        CheckFrequency(ReservationRatePerIp, nameof(ReservationRatePerIp));
        CheckFrequency(CircuitRatePerPeer, nameof(CircuitRatePerPeer));
        CheckFrequency(CircuitRatePerIp, nameof(CircuitRatePerIp));
        Check(Enum.IsDefined(OnMembershipLoss), nameof(OnMembershipLoss), OnMembershipLoss, string.Join(", ", Enum.GetNames<MembershipLoss>()));
        CheckTime(MembershipLossDrain, TimeSpan.Zero, Day, nameof(MembershipLossDrain));
        CheckTime(HopTimeout, TimeSpan.FromTicks(1), Day, nameof(HopTimeout));
        CheckTime(StopOpenTimeout, TimeSpan.FromTicks(1), Day, nameof(StopOpenTimeout));
        CheckTime(StopTimeout, TimeSpan.FromTicks(1), Day, nameof(StopTimeout));
        return errors;

        void CheckCount(int value, string option) => Check(value >= 1, option, value, "at least 1");

        void CheckRate(long? value, string option)
            => Check(value is null or (>= 1L << 10 and <= 1L << 40), option, value, "1024 to 1099511627776 bytes per second, or null for no limit");

        void CheckOptionalCount(int? value, string option) => Check(value is null or >= 1, option, value, "at least 1, or null for no limit");

        void CheckFrequency(Rate? value, string option)
            => Check(value is null or { IsInRange: true }, option, value, $"1 to {Rate.MaxCount} per {Rate.MinPeriod} to {Rate.MaxPeriod}, or null for no limit");

        void CheckTime(TimeSpan value, TimeSpan least, TimeSpan longest, string option)
            => Check(value >= least && value <= longest, option, value, $"{least} to {longest}");

        void Check<T>(bool isGood, string option, T value, string accepted)
        {
            if (!isGood)
                errors.Add(new CircuitRelayOptionsError(option, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "null", accepted));
        }
    }

    /// <summary>Checks every range.</summary>
    /// <exception cref="CircuitRelayOptionsException">Values are outside their documented ranges.</exception>
    internal void ThrowIfInvalid()
    {
        IReadOnlyList<CircuitRelayOptionsError> errors = Validate();
        if (errors.Count > 0)
            throw new CircuitRelayOptionsException(errors);
    }
}
