using System.Diagnostics;
using Relay.Circuit.Host;
using Relay.Circuit.Live;
using Relay.Circuit.Splicing;
using Relay.Circuit.Wire;
using Relay.Multiformats;

namespace Relay.Circuit;

public sealed partial class CircuitRelay
{
    /// <summary>CONNECT: circuit-v2, "Connection Initiation" and "Stop Protocol".</summary>
    private async ValueTask ConnectAsync(IHostStream source, MessageStream hop, HopRequest request, HopPlace place)
    {
        // 1. Relayed connections, the message, access control, the reservation and caps are checked in this order.
        using Activity? activity = _telemetry.ActivitySource.StartActivity("relay.connect", ActivityKind.Server);
        Decision decision = DecideConnect(source, request.Destination, out CircuitSlot? slot);
        TellReservations();
        if (slot is null)
        {
            TellConnect(activity, source.RemotePeer, request.Destination, decision);
            LogConnectRefused(source.RemotePeer, request.Destination, decision.Reason, decision);
            await RefuseAsync(hop, place, decision.Status, activity).ConfigureAwait(false);
            return;
        }

        ReasonCode failure;
        using (slot)
            failure = await RunCircuitAsync(source, hop, place, slot, decision, activity).ConfigureAwait(false);

        // 2. However the destination could not be had, and whatever it said, the source hears CONNECTION_FAILED; the slot is free by then.
        if (failure != ReasonCode.None)
        {
            TellConnect(activity, slot.Source, slot.Destination, Decision.Refused(Status.ConnectionFailed, failure));
            LogConnectFailed(slot.Source, slot.Destination, failure);
            await RefuseAsync(hop, place, Status.ConnectionFailed, activity).ConfigureAwait(false);
        }
    }

    private Decision DecideConnect(IHostStream source, PeerId? destination, out CircuitSlot? slot)
    {
        ConnectRequest request = MakeConnectRequest(source.RemotePeer, source.RemoteAddress, destination, source.IsRelayed);
        for (int asked = 0; ; asked++)
        {
            if (_admission.Connect(request, out slot) is { } decision)
                return decision;
            if (asked == MaxVerdicts)
                return Decision.Refused(Status.PermissionDenied, ReasonCode.PolicyUnsettled);

            request = request with { Verdict = AskConnect(request.Source, request.SourceAddress, destination!) };
        }
    }

    private ConnectRequest MakeConnectRequest(PeerId source, Multiaddress address, PeerId? destination, bool isRelayed)
        => new(source, address, destination, isRelayed, IsDestinationConnected: destination is not null && _host.IsConnected(destination)) { Memory = Load() };

    /// <summary>Carries a circuit from the STOP request to its end.</summary>
    /// <returns><see cref="ReasonCode.None"/> when there was a circuit, else why there was none.</returns>
    private async ValueTask<ReasonCode> RunCircuitAsync(IHostStream source, MessageStream hop, HopPlace place, CircuitSlot slot, Decision admitted, Activity? activity)
    {
        CircuitRelayOptions options = slot.Options;
        Limit? limit = LimitCodec.ToWire(options.MaxDuration, options.MaxData);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, slot.Ended);

        // 3. The second leg runs over a connection the destination has already; the relay never dials. A source that leaves meanwhile ends the wait.
        IHostStream? destination;
        try
        {
            (destination, ReasonCode failure) = await SourceWatch
                .RunAsync(source, gone => OpenStopAsync(slot, limit, gone), ended.Token)
                .ConfigureAwait(false);
            if (destination is null)
                return failure;
        }
        catch (OperationCanceledException) when (slot.EndReason != ReasonCode.None && !_stopping.IsCancellationRequested)
        {
            return slot.EndReason;
        }
        catch (HostStreamException)
        {
            TellConnect(activity, slot.Source, slot.Destination, Decision.Refused(Status.ConnectionFailed, ReasonCode.SourceLeft));
            throw;
        }

        await using (destination.ConfigureAwait(false))
        {
            // 4. OK goes to the source, with the limit, before any byte of the destination.
            place.Dispose(); // the request is over when its peer hears so, not a moment later
            try
            {
                await hop.WriteAsync(HopMessages.Answer(Status.Ok, limit), options.HopTimeout).ConfigureAwait(false);
            }
            catch (Exception e) when (e is HostStreamException or TimeoutException)
            {
                TellConnect(activity, slot.Source, slot.Destination, Decision.Refused(Status.ConnectionFailed, ReasonCode.SourceLeft));
                throw;
            }

            TellConnect(activity, slot.Source, slot.Destination, admitted);
            activity?.Stop();

            // 5. From here on the two streams are the connection.
            await SpliceAsync(source, destination, slot, admitted, activity?.Context ?? default).ConfigureAwait(false);
        }

        return ReasonCode.None;
    }

    private async ValueTask SpliceAsync(IHostStream source, IHostStream destination, CircuitSlot slot, Decision admitted, ActivityContext connect)
    {
        using Activity? activity = _telemetry.ActivitySource.StartActivity("relay.circuit", ActivityKind.Server, connect);
        CircuitRelayOptions options = slot.Options;
        var terms = new SpliceTerms(options.MaxData, options.MaxDuration, options.CircuitIdleTimeout, options.MaxCircuitBandwidth);
        var splice = new Splice(source, destination, terms, _splicing with { Buffers = _splicing.Buffers.OfSize(options.BufferSize) });
        LiveCircuit circuit = MakeLive(splice, destination, slot, admitted);
        _circuits.Add(circuit);
        _journal.CircuitOpened(circuit);
        LogCircuitOpen(slot.Source, slot.Destination);
        SpliceResult result;
        try
        {
            using CancellationTokenRegistration evicted = slot.Ended.UnsafeRegister(static s => ((Splice)s!).End(CircuitEnd.Evicted), splice);
            result = await splice.RunAsync(_stopping.Token).ConfigureAwait(false);
        }
        finally
        {
            _circuits.Remove(circuit);
        }

        activity?.SetTag("relay.cause", result.End.ToString());
        activity?.SetTag("relay.bytes.to_destination", result.BytesToDestination);
        activity?.SetTag("relay.bytes.to_source", result.BytesToSource);
        _journal.CircuitClosed(circuit, result.End, slot.EndReason);
        LogCircuitEnded(slot.Source, slot.Destination, result.End, result.BytesToDestination, result.BytesToSource);
        if (slot.EndReason != ReasonCode.None)
            LogCutShort(slot.Source, slot.Destination, slot.EndReason);
        if (result.Failure is { } failed)
            LogHopFailed(failed, slot.Source);
    }

    private LiveCircuit MakeLive(Splice splice, IHostStream destination, CircuitSlot slot, Decision admitted) => new(splice)
    {
        Id = _circuits.NextId(),
        Source = slot.Source,
        SourceAddress = slot.SourceAddress,
        Destination = slot.Destination,
        DestinationAddress = destination.RemoteAddress,
        Admitted = admitted,
        OpenedAt = _time.GetUtcNow(),
        Opened = _time.GetTimestamp(),
        MaxDuration = slot.Options.MaxDuration,
    };

    private void TellConnect(Activity? activity, PeerId source, PeerId? destination, in Decision decision)
    {
        activity.Tell(decision);
        _journal.Decided(RelayOperation.Connect, source, destination, decision);
    }

    private async ValueTask<(IHostStream? Stream, ReasonCode Failure)> OpenStopAsync(CircuitSlot slot, Limit? limit, CancellationToken cancellationToken)
    {
        IHostStream? stream = null;
        ReasonCode failure = ReasonCode.StopNotOpened;
        try
        {
            stream = await Deadline
                .RunAsync(
                    (_host, slot.Destination),
                    static (s, token) => s._host.OpenStreamAsync(s.Destination, CircuitProtocol.Stop, token),
                    slot.Options.StopOpenTimeout,
                    _time,
                    cancellationToken)
                .ConfigureAwait(false);

            failure = ReasonCode.StopInterrupted;
            var stop = new MessageStream(stream, _time, cancellationToken);
            await stop.WriteAsync(StopMessages.Connect(slot.Source, limit), slot.Options.StopTimeout).ConfigureAwait(false);
            failure = StopAnswer.Parse(await stop.ReadAsync(slot.Options.StopTimeout).ConfigureAwait(false));
        }
        catch (HostStreamException)
        {
            // The failure says how far it had come.
        }
        catch (TimeoutException)
        {
            failure = stream is null ? ReasonCode.StopNotOpened : ReasonCode.StopTimedOut;
        }
        catch (OperationCanceledException)
        {
            stream?.Reset();
            throw;
        }

        if (failure == ReasonCode.None)
            return (stream, failure);

        if (stream is not null)
            await stream.DisposeAsync().ConfigureAwait(false);
        return (null, failure);
    }
}
