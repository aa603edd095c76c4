using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Relay.Libp2p.Noise;

/// <summary>
/// The secured connection: plaintext in, <c>uint16 length ‖ ciphertext ‖ tag</c> on the wire (at most 65535 bytes after the length), and back.
/// Opens in place in a buffer that is rented when bytes arrive and returned when none are left, so a silent connection holds none. One reader and
/// one writer at a time. Owns the stream.
/// </summary>
internal sealed class NoiseChannel(Stream stream, CipherState sending, CipherState receiving, BufferPool pool) : IAsyncDisposable
{
    public const int LengthPrefix = 2;
    public const int MaxMessage = ushort.MaxValue;
    public const int MaxPlaintext = MaxMessage - CipherState.TagLength;

    /// <summary>What the pool gives for a receive buffer.</summary>
    public const int ReceiveArrayLength = 256 * 1024;

    // A whole message always fits, and a busy peer's reads bring two of the longest at once, with the short ones that go between.
    private const int ReceiveBufferLength = 2 * (LengthPrefix + MaxMessage) + 4 * 1024;

    private readonly byte[] _prefix = new byte[LengthPrefix]; // the first bytes after a pause come in here
    private byte[]? _buffer;
    private int _start;                        // of what was received and not opened yet
    private int _end;
    private ReadOnlyMemory<byte> _plaintext;   // what ReadAsync(Memory) opened and did not hand out yet

    /// <summary>The next run of plaintext; valid until the next read. Empty at the end of the stream.</summary>
    /// <exception cref="HandshakeException">What arrived does not decrypt.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] // on the path of every relayed byte, as the others that have it
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        if (!_plaintext.IsEmpty)
        {
            ReadOnlyMemory<byte> rest = _plaintext;
            _plaintext = default;
            return rest;
        }

        while (true)
        {
            if (TryOpenMessage(out ReadOnlyMemory<byte> plaintext))
            {
                if (!plaintext.IsEmpty)
                    return plaintext;
                continue; // an empty message carries nothing
            }

            if (!await ReceiveAsync(cancellationToken).ConfigureAwait(false))
                return default;
        }
    }

    /// <summary>Reads plaintext as a byte stream, for the negotiation that precedes the muxer.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (_plaintext.IsEmpty)
            _plaintext = await ReadAsync(cancellationToken).ConfigureAwait(false);
        int count = Math.Min(destination.Length, _plaintext.Length);
        _plaintext[..count].CopyTo(destination);
        _plaintext = _plaintext[count..];
        return count;
    }

    /// <summary>Seals and sends <paramref name="plaintext"/>.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> plaintext, CancellationToken cancellationToken)
    {
        using NoiseBatch batch = CreateBatch();
        while (!plaintext.IsEmpty)
        {
            plaintext = plaintext[batch.Write(plaintext.Span)..];
            await SendAsync(batch, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A buffer to fill with plaintext and to send; dispose it when there is nothing more to send for now.</summary>
    public NoiseBatch CreateBatch() => new(sending, pool);

    /// <summary>Seals what the batch holds and sends it in one write; the batch is empty afterwards.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(NoiseBatch batch, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(batch.Seal(), cancellationToken).ConfigureAwait(false);
        batch.Clear();
    }

    /// <summary>Closes for writing where the stream under it can, so that what was sent arrives before the end does.</summary>
    public ValueTask CloseWriteAsync() => stream is DuplexStream duplex ? duplex.CloseWriteAsync() : ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync().ConfigureAwait(false);
        sending.Dispose();
    }

    /// <summary>Ends the connection under everything; pending reads and writes fail.</summary>
    public void Abort() => stream.Dispose();

    /// <summary>Called by the reader when it is done: gives the buffer back.</summary>
    public void ReleaseReceiveBuffer()
    {
        _plaintext = default;
        receiving.Dispose();
        ReturnBuffer();
    }

    private bool TryOpenMessage(out ReadOnlyMemory<byte> plaintext)
    {
        plaintext = default;
        int received = _end - _start;
        if (received < LengthPrefix)
            return false;
        int length = BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(_start));
        if (received < LengthPrefix + length)
            return false;
        Span<byte> message = _buffer.AsSpan(_start + LengthPrefix, length);
        receiving.DecryptWithAd([], message);
        plaintext = _buffer.AsMemory(_start + LengthPrefix, length - CipherState.TagLength);
        _start += LengthPrefix + length;
        return true;
    }

    // False at the end of the stream.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReceiveAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            // Nothing is left over: wait for the next length without holding a buffer. (A read of nothing will not do: on a socket it can end before there
            // is something to read, and the read after it would hold the buffer for as long as the peer is silent.)
            ReturnBuffer();
            int first = await stream.ReadAsync(_prefix, cancellationToken).ConfigureAwait(false);
            if (first == 0)
                return false;
            _buffer = pool.Rent(ReceiveBufferLength);
            _prefix.AsSpan(0, first).CopyTo(_buffer);
            _end = first;
            return true;
        }

        if (_start + MessageLength() > ReceiveBufferLength)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        int count = await stream.ReadAsync(_buffer.AsMemory(_end, ReceiveBufferLength - _end), cancellationToken).ConfigureAwait(false);
        _end += count;
        if (count == 0 && _start < _end)
            throw new HandshakeException("The remote closed the connection within a Noise message.");
        return count > 0;
    }

    // Of the message that is coming in, its prefix included; the longest there is while the prefix is not known.
    private int MessageLength() =>
        LengthPrefix + (_end - _start < LengthPrefix ? MaxMessage : BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(_start)));

    private void ReturnBuffer()
    {
        if (_buffer is { } buffer)
            pool.Return(buffer);
        _buffer = null;
        (_start, _end) = (0, 0);
    }
}
