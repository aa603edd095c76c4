using System.Diagnostics.Metrics;
using Relay.Circuit;

namespace Relay.AutoRelay;

/// <summary>What the relay client measures, <c>relay.client.*</c>; never with a peer id as a tag.</summary>
internal sealed class RelayClientInstruments
{
    private readonly Counter<long> _requests;
    private readonly Counter<long> _losses;

    public RelayClientInstruments(RelayTelemetry telemetry, RelayTable table)
    {
        Meter meter = telemetry.Meter;
        _requests = meter.CreateCounter<long>(
            "relay.client.requests", "{request}", "RESERVE requests to relays that have ended, by result: granted, renewed, or why not.");
        _losses = meter.CreateCounter<long>(
            "relay.client.losses", "{reservation}", "Reservations on relays that ended before their time or without being renewed, by reason.");
        meter.CreateObservableGauge(
            "relay.client.reservations", () => table.Counts.Held, "{reservation}", "Reservations this node holds on relays now.");
        meter.CreateObservableGauge(
            "relay.client.wanted", () => table.Counts.Wanted, "{reservation}", "Reservations this node wants to hold; 0 when it seeks none.");
    }

    public void CountRequest(bool isRenewal) => CountRequest(isRenewal ? "renewed" : "granted");

    public void CountRequest(RelayReason failure) => CountRequest(NameOf(failure));

    public void CountLoss(RelayReason reason) => _losses.Add(1, new KeyValuePair<string, object?>("reason", NameOf(reason)));

    private void CountRequest(string result) => _requests.Add(1, new KeyValuePair<string, object?>("result", result));

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
