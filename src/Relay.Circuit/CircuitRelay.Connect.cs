using Relay.Circuit.Host;
using Relay.Circuit.Splicing;
using Relay.Circuit.Wire;
using Relay.Multiformats;

namespace Relay.Circuit;

public sealed partial class CircuitRelay
{
    /// <summary>CONNECT: circuit-v2, "Connection Initiation" and "Stop Protocol".</summary>
    private async ValueTask ConnectAsync(IHostStream source, MessageStream hop, HopRequest request)
    {
        // 1. Relayed connections, the message, access control, the reservation and caps are checked in this order.
        Decision decision = DecideConnect(source, request.Destination, out CircuitSlot? slot);
        if (slot is null)
        {
            LogConnectRefused(source.RemotePeer, request.Destination, decision.Reason, decision);
            await RefuseAsync(hop, decision.Status).ConfigureAwait(false);
            return;
        }

        ReasonCode failure;
        using (slot)
            failure = await RunCircuitAsync(source, hop, slot).ConfigureAwait(false);

        // 2. However the destination could not be had, and whatever it said, the source hears CONNECTION_FAILED; the slot is free by then.
        if (failure != ReasonCode.None)
        {
            LogConnectFailed(slot.Source, slot.Destination, failure);
            await RefuseAsync(hop, Status.ConnectionFailed).ConfigureAwait(false);
        }
    }

    private Decision DecideConnect(IHostStream source, PeerId? destination, out CircuitSlot? slot)
    {
        var request = new ConnectRequest(
            source.RemotePeer,
            destination,
            source.IsRelayed,
            destination is not null && _host.IsConnected(destination));
        for (int asked = 0; ; asked++)
        {
            if (_admission.Connect(request, out slot) is { } decision)
                return decision;
            if (asked == MaxVerdicts)
                return Decision.Refused(Status.PermissionDenied, ReasonCode.PolicyUnsettled);

            PolicyVerdict verdict = AskAcl(
                source.RemotePeer,
                (source, destination: destination!),
                static (acl, s) => acl.AllowConnect(s.source.RemotePeer, s.source.RemoteAddress, s.destination));
            request = request with { Verdict = verdict };
        }
    }

    /// <summary>Carries a circuit from the STOP request to its end.</summary>
    /// <returns><see cref="ReasonCode.None"/> when there was a circuit, else why there was none.</returns>
    private async ValueTask<ReasonCode> RunCircuitAsync(IHostStream source, MessageStream hop, CircuitSlot slot)
    {
        Limit? limit = LimitCodec.ToWire(Options.MaxDuration, Options.MaxData);

        // 3. The second leg runs over a connection the destination has already; the relay never dials. A source that leaves meanwhile ends the wait.
        (IHostStream? destination, ReasonCode failure) = await SourceWatch
            .RunAsync(source, gone => OpenStopAsync(slot, limit, gone), _stopping.Token)
            .ConfigureAwait(false);
        if (destination is null)
            return failure;

        await using (destination.ConfigureAwait(false))
        {
            // 4. OK goes to the source, with the limit, before any byte of the destination.
            await hop.WriteAsync(HopMessages.Answer(Status.Ok, limit), Options.HopTimeout).ConfigureAwait(false);
            LogCircuitOpen(slot.Source, slot.Destination);

            // 5. From here on the two streams are the connection.
            SpliceResult result = await Splice
                .RunAsync(source, destination, Options.MaxData, Options.MaxDuration, _buffers, _time, _stopping.Token)
                .ConfigureAwait(false);
            LogCircuitEnded(slot.Source, slot.Destination, result.End, result.BytesToDestination, result.BytesToSource);
            if (result.Failure is { } failed)
                LogHopFailed(failed, slot.Source);
        }

        return ReasonCode.None;
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
                    Options.StopOpenTimeout,
                    _time,
                    cancellationToken)
                .ConfigureAwait(false);

            failure = ReasonCode.StopInterrupted;
            var stop = new MessageStream(stream, _time, cancellationToken);
            await stop.WriteAsync(StopMessages.Connect(slot.Source, limit), Options.StopTimeout).ConfigureAwait(false);
            failure = StopAnswer.Parse(await stop.ReadAsync(Options.StopTimeout).ConfigureAwait(false));
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
