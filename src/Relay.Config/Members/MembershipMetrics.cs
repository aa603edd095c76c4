using System.Diagnostics.Metrics;

namespace Relay.Members;

/// <summary>The instruments of membership. All are read from the status when somebody collects, and cost nothing otherwise.</summary>
internal static class MembershipMetrics
{
    public static void Add(Meter meter, IMembershipService network)
    {
        meter.CreateObservableGauge(
            "relay.acl.members", () => network.Status.MemberCount, "{member}", "Members of the network; zero while the bootstrap window is open.");
        meter.CreateObservableGauge(
            "relay.acl.window_open", () => network.Status.IsWindowOpen ? 1 : 0, null, "1 while the bootstrap window is open and everyone may reserve.");
        meter.CreateObservableGauge(
            "relay.acl.source_age", () => Seconds(network.StatusNow.Age), "s", "Time since the membership source last gave a good answer.");
        meter.CreateObservableGauge(
            "relay.acl.silence", () => Seconds(network.StatusNow.Silence), "s", "Time since a source that sights last showed a peer other than this node.");
        meter.CreateObservableGauge(
            "relay.acl.held_back",
            () => network.Status.HeldBack,
            "{member}",
            "Members not seen for too long who stay because too many would leave at once.");
        meter.CreateObservableCounter(
            "relay.acl.refresh_failures", () => network.Status.SourceErrors, "{read}", "Reads of the membership source that failed.");
        meter.CreateObservableCounter("relay.acl.changes", () => ChangesOf(network.Status), "{member}", "Members that joined, left or were revoked.");
        meter.CreateObservableGauge(
            "relay.acl.invalid_entries", () => network.Status.Invalid.Length, "{entry}", "Entries of the last good answer that could not be read.");
    }

    private static IEnumerable<Measurement<double>> Seconds(TimeSpan? time) => time is { } known ? [new Measurement<double>(known.TotalSeconds)] : [];

    private static Measurement<long>[] ChangesOf(MembershipStatus status) =>
    [
        Change("joined", status.Joined),
        Change("left", status.Left),
        Change("revoked", status.Revoked),
    ];

    private static Measurement<long> Change(string kind, long count) => new(count, new KeyValuePair<string, object?>("change", kind));
}
