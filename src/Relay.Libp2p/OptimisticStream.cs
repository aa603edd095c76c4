using Relay.Libp2p.Multistream;
using Relay.Libp2p.Yamux;

namespace Relay.Libp2p;

/// <summary>
/// A stream for a protocol that the remote has said it serves: the proposal travels with the first bytes written, and the remote's answer to it is read before
/// the first of its own, which saves a round trip (what other implementations call lazy or optimistic negotiation). For protocols in which the opener
/// speaks first. A remote that does not take the protocol after all fails the first read, with <see cref="StreamError.ProtocolNotSupported"/>.
/// </summary>
internal sealed class OptimisticStream : MuxedStream
{
    private readonly YamuxStream _stream;
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;
    private bool _isProposed;
    private bool _isAgreed;

    /// <param name="stream">The stream, with nothing written on it yet.</param>
    /// <param name="protocol">The protocol.</param>
    /// <param name="time">The clock.</param>
    /// <param name="patience">How long the first read waits for the remote to agree.</param>
    public OptimisticStream(YamuxStream stream, string protocol, TimeProvider time, TimeSpan patience)
    {
        _stream = stream;
        _time = time;
        _patience = patience;
        Protocol = protocol;
    }

    public override Connection Connection => _stream.Connection;

    public override long ReceiveBound => _stream.ReceiveBound;

    public override long BytesReceived => _stream.BytesReceived;

    public override long BytesRead => _stream.BytesRead;

    public override long BytesSent => _stream.BytesSent;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled(cancellationToken)
            : _stream.WriteAsync(WithProposal(buffer), cancellationToken);

    public override ValueTask WriteLastAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled(cancellationToken)
            : _stream.WriteLastAsync(WithProposal(buffer), cancellationToken);

    public override ValueTask CloseWriteAsync(CancellationToken cancellationToken = default) => WriteLastAsync(default, cancellationToken);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _isAgreed ? _stream.ReadAsync(buffer, cancellationToken) : ReadFirstAsync(buffer, cancellationToken);

    public override void Reset() => _stream.Reset();

    internal override void CountAsUse() => _stream.CountAsUse();

    public override ValueTask DisposeAsync() => _stream.DisposeAsync();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _stream.Dispose();
        base.Dispose(disposing);
    }

    private ReadOnlyMemory<byte> WithProposal(ReadOnlyMemory<byte> buffer)
    {
        if (_isProposed)
            return buffer;
        _isProposed = true;
        return (byte[])[.. MultistreamSelect.EncodeProposal(Protocol), .. buffer.Span];
    }

    private async ValueTask<int> ReadFirstAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (!_isProposed)
            throw new InvalidOperationException("The opener speaks first on this stream.");
        using var deadline = Deadline.Start(_time, _patience, cancellationToken);
        try
        {
            if (!await MultistreamSelect.ReadAgreementAsync(_stream, Protocol, deadline.Token).ConfigureAwait(false))
                throw new StreamException(StreamError.ProtocolNotSupported, $"The remote does not speak {Protocol}.");
        }
        catch (HandshakeException e)
        {
            Reset();
            throw new StreamException(StreamError.NegotiationFailed, e.Message, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            Reset();
            throw new StreamException(StreamError.Timeout, $"The remote did not answer the proposal of {Protocol} in time.", e);
        }
        catch
        {
            Reset(); // a negotiation that was left in the middle cannot be taken up again
            throw;
        }

        _isAgreed = true;
        return await _stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
    }
}
