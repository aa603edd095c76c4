using System.Diagnostics.Metrics;
using Relay.Circuit;

namespace Relay.AutoRelay;

/// <summary>What the relay client measures, <c>relay.client.*</c>; never with a peer id as a tag.</summary>
internal sealed class RelayClientInstruments
{
    private static readonly RelayReason[] WaysToLose = [RelayReason.ConnectionLost, RelayReason.Expired];

    private readonly Counter<long> _requests;
    private RelayTable? _table; // null: the node is disposed, and a meter of a factory outlives it

    public RelayClientInstruments(RelayTelemetry telemetry, RelayTable table)
    {
        _table = table;
        Meter meter = telemetry.Meter;
        _requests = meter.CreateCounter<long>(
            "relay.client.requests", "{request}", "RESERVE requests to relays that have ended, by result: granted, renewed, or why not.");
        meter.CreateObservableCounter(
            "relay.client.losses",
            () => Observe(static table => WaysToLose.Select(reason => new Measurement<long>(table.Losses.GetValueOrDefault(reason), Tag("reason", NameOf(reason))))),
            "{reservation}",
            "Reservations on relays that ended before their time or without being renewed, by reason.");
        CreateGauge(meter, "relay.client.reservations", static table => table.Counts.Held, "Reservations this node holds on relays now.");
        CreateGauge(meter, "relay.client.wanted", static table => table.Counts.Wanted, "Reservations this node wants to hold; 0 when it seeks none.");
    }

    public void CountRequest(bool isRenewal) => CountRequest(isRenewal ? "renewed" : "granted");

    public void CountRequest(RelayReason failure) => CountRequest(NameOf(failure));

    /// <summary>Nothing more is observed.</summary>
    public void End() => Volatile.Write(ref _table, null);

    private void CountRequest(string result) => _requests.Add(1, Tag("result", result));

    private void CreateGauge(Meter meter, string name, Func<RelayTable, int> value, string description) =>
        meter.CreateObservableGauge(name, () => Observe<int>(table => [new Measurement<int>(value(table))]), "{reservation}", description);

    private IEnumerable<Measurement<T>> Observe<T>(Func<RelayTable, IEnumerable<Measurement<T>>> values)
        where T : struct => Volatile.Read(ref _table) is { } table ? values(table) : [];

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private static string NameOf(RelayReason reason) => reason switch
    {
        RelayReason.Unreachable => "unreachable",
        RelayReason.Refused => "refused",
        RelayReason.NoAnswer => "no_answer",
        RelayReason.NotARelay => "not_a_relay",
        RelayReason.WrongAnswer => "wrong_answer",
        RelayReason.ConnectionLost => "connection_lost",
        RelayReason.Expired => "expired",
        _ => "other",
    };
}
