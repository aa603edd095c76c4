using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Relay.Circuit.Host;
using Relay.Circuit.Wire;
using Relay.Multiformats;

namespace Relay.Circuit;

/// <summary>
/// The client of other peers' relays: reserves slots on them and opens circuits through them, over connections that exist already (the HOP client of
/// circuit relay v2). Holds nothing; thread-safe.
/// </summary>
public sealed partial class RelayClient
{
    /// <summary>How long opening a HOP stream may take.</summary>
    private static readonly TimeSpan OpenTimeout = TimeSpan.FromSeconds(30);

    /// <summary>How long the relay may take to read a request; and then to answer it, the destination's answer included.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(60);

    private static readonly MessageParser<HopMessage> Parser = HopMessage.Parser.WithDiscardUnknownFields(true);

    private readonly IRelayHost _host;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Creates a client.</summary>
    /// <param name="host">The node it runs on; stays the caller's.</param>
    /// <param name="timeProvider">The clock for deadlines and for what has expired.</param>
    /// <param name="loggerFactory">Where to log, or null for nowhere.</param>
    public RelayClient(IRelayHost host, TimeProvider timeProvider, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(timeProvider);
        _host = host;
        _time = timeProvider;
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<RelayClient>();
    }

    /// <summary>Sends a request and reads the answer to it; when that is not OK, the stream is gone.</summary>
    private async ValueTask<(IHostStream Stream, MessageStream Hop, HopMessage Answer)> AskAsync(
        PeerId relay,
        HopMessage request,
        CancellationToken cancellationToken)
    {
        IHostStream? stream = null;
        bool isGranted = false;
        try
        {
            stream = await Deadline
                .RunAsync(
                    (_host, relay),
                    static (s, token) => s._host.OpenRequestStreamAsync(s.relay, CircuitProtocol.Hop, token),
                    OpenTimeout,
                    _time,
                    cancellationToken)
                .ConfigureAwait(false);
            var hop = new MessageStream(stream, _time, cancellationToken);
            await hop.WriteAsync(request, AnswerTimeout).ConfigureAwait(false);
            HopMessage answer = ParseAnswer(relay, await hop.ReadAsync(AnswerTimeout).ConfigureAwait(false));

            isGranted = true;
            return (stream, hop, answer);
        }
        catch (HostStreamException e)
        {
            throw new RelayException(ReasonFor(e.Error), $"The relay {relay} could not be asked: {e.Message}", innerException: e);
        }
        catch (TimeoutException e)
        {
            throw new RelayException(RelayError.TimedOut, $"The relay {relay} did not answer in time.", innerException: e);
        }
        finally
        {
            if (stream is not null && !isGranted)
                await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The relay's OK, or the exception that says what came instead.</summary>
    private static HopMessage ParseAnswer(PeerId relay, ReceivedMessage received)
    {
        if (received.Fault == ReasonCode.MessageTruncated)
            throw new RelayException(RelayError.Interrupted, $"The relay {relay} closed the stream without a whole answer.");
        if (received.Fault != ReasonCode.None)
            throw Malformed(relay, "it is too long");

        HopMessage answer;
        try
        {
            answer = Parser.ParseFrom(received.Bytes.Span);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw Malformed(relay, "it is no HOP message", e);
        }

        if (!answer.HasType || answer.Type != HopMessage.Types.Type.Status || !answer.HasStatus)
            throw Malformed(relay, "it is no STATUS");

        var status = (Status)answer.Status;
        return status == Status.Ok ? answer : throw new RelayException(RelayError.Refused, $"The relay {relay} refused: {status}.", status);
    }

    private static RelayException Malformed(PeerId relay, string why, Exception? innerException = null)
        => new(RelayError.MalformedAnswer, $"The answer of the relay {relay} is malformed: {why}.", innerException: innerException);

    private static RelayError ReasonFor(HostStreamError error) => error switch
    {
        HostStreamError.NotConnected => RelayError.NotConnected,
        HostStreamError.ProtocolNotSupported => RelayError.ProtocolNotSupported,
        _ => RelayError.Interrupted,
    };
}
