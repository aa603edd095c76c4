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
    private bool _isProposed;
    private bool _isAgreed;

    public OptimisticStream(YamuxStream stream, string protocol)
    {
        _stream = stream;
        Protocol = protocol;
    }

    public override Connection Connection => _stream.Connection;

    public override long ReceiveBound => _stream.ReceiveBound;

    public override long BytesReceived => _stream.BytesReceived;

    public override long BytesRead => _stream.BytesRead;

    public override long BytesSent => _stream.BytesSent;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _stream.WriteAsync(WithProposal(buffer), cancellationToken);

    public override ValueTask WriteLastAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _stream.WriteLastAsync(WithProposal(buffer), cancellationToken);

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
        try
        {
            if (!await MultistreamSelect.ReadAgreementAsync(_stream, Protocol, cancellationToken).ConfigureAwait(false))
                throw new StreamException(StreamError.ProtocolNotSupported, $"The remote does not speak {Protocol}.");
        }
        catch (HandshakeException e)
        {
            Reset();
            throw new StreamException(StreamError.NegotiationFailed, e.Message, e);
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
