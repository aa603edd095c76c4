using System.Diagnostics;
using Relay.Circuit.Host;
using Relay.Circuit.Wire;
using Relay.Multiformats;

namespace Relay.Circuit;

public sealed partial class CircuitRelay
{
    /// <summary>How often a filter is asked again because the policy changed meanwhile, before the request is refused.</summary>
    private const int MaxVerdicts = 16;

    private async Task HandleHopAsync(IHostStream stream)
    {
        if (!_handlers.TryEnter())
        {
            stream.Reset();
            return;
        }

        try
        {
            await ServeHopAsync(stream).ConfigureAwait(false);
        }
        catch (HostStreamException e)
        {
            LogHopEndedEarly(stream.RemotePeer, e.Error.ToString());
            stream.Reset();
        }
        catch (TimeoutException)
        {
            LogHopEndedEarly(stream.RemotePeer, "TimedOut");
            stream.Reset();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            stream.Reset();
        }
        catch (Exception e)
        {
            LogHopFailed(e, stream.RemotePeer);
            stream.Reset();
        }
        finally
        {
            _handlers.Exit();
        }
    }

    private async ValueTask ServeHopAsync(IHostStream stream)
    {
        var hop = new MessageStream(stream, _time, _stopping.Token);

        // 1. So many requests may be under way on one connection. One more is not read, and told so; while as many are being told, to the end of their streams,
        //    another is not worth an answer.
        using HopPlace? place = _admission.EnterHop(stream.Connection, out Decision? refusal);
        if (refusal is { } full)
        {
            _journal.Decided(RelayOperation.Unreadable, stream.RemotePeer, null, full);
            LogHopRefused(stream.RemotePeer, full.Reason, full);
            if (place is null)
                stream.Reset();
            else
                await hop.FinishAsync(HopMessages.Answer(full.Status), Options.HopTimeout).ConfigureAwait(false);
            return;
        }

        // 2. A client opens the stream and says in one message what it wants, within the deadline.
        HopRequest request = HopRequest.Parse(await hop.ReadAsync(Options.HopTimeout).ConfigureAwait(false));

        switch (request.Kind)
        {
            case HopRequestKind.Reserve:
                await ReserveAsync(stream, hop, place!).ConfigureAwait(false);
                break;
            case HopRequestKind.Connect:
                await ConnectAsync(stream, hop, request, place!).ConfigureAwait(false);
                break;
            default:
                // 3. What is no request is told so: MALFORMED_MESSAGE, or UNEXPECTED_MESSAGE for a STATUS, which only the relay sends.
                _journal.Decided(RelayOperation.Unreadable, stream.RemotePeer, null, Decision.Refused(request.FaultStatus, request.Fault));
                LogHopFaulty(stream.RemotePeer, request.Fault);
                await RefuseAsync(hop, place!, request.FaultStatus).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>
    /// A refusal carries a status and nothing else, and the stream ends in order after it. The request is over when its peer hears so, not a moment later: how long
    /// the peer keeps the stream then keeps nobody out.
    /// </summary>
    private async ValueTask RefuseAsync(MessageStream hop, HopPlace place, Status status, Activity? activity = null)
    {
        place.Dispose();
        await hop.WriteLastAsync(HopMessages.Answer(status), Options.HopTimeout).ConfigureAwait(false);
        activity?.Stop(); // answered: what the peer does now is no part of it
        await hop.LingerAsync(MessageStream.LingerTimeout).ConfigureAwait(false);
    }

    private void OnDisconnected(PeerId peer)
    {
        // A notice may be late: when the peer is back, what it holds now is not what the notice is about. It may come back, and reserve, even here.
        if (_admission.SerialOf(peer) is { } held && !_host.IsConnected(peer))
            _admission.Disconnect(peer, held);
        TellReservations();
    }
}
