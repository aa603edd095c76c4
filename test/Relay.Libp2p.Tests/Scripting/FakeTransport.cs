using System.Threading.Channels;
using Relay.Libp2p.Transports;
using Relay.Multiformats;

namespace Relay.Libp2p.Tests.Scripting;

/// <summary>
/// A transport over memory on <c>/ip4/…/udp/…</c>, which no other transport claims. Connections arrive from whatever address the test says.
/// </summary>
internal sealed class FakeTransport : ITransport
{
    public static readonly Multiaddress Address = Multiaddress.Parse("/ip4/192.0.2.1/udp/1");

    private readonly Channel<RawConnection> _arriving = Channel.CreateUnbounded<RawConnection>();

    /// <summary>What a dial meets.</summary>
    public Func<CancellationToken, Task<RawConnection>>? OnDial { get; init; }

    /// <summary>What an accept meets instead of a connection.</summary>
    public Queue<Exception> AcceptFailures { get; } = new();

    public bool CanDial(Multiaddress address) => address.Has(MultiaddressProtocol.Udp);

    public bool CanListen(Multiaddress address) => address.Has(MultiaddressProtocol.Udp);

    public Task<RawConnection> DialAsync(Multiaddress address, CancellationToken cancellationToken) => OnDial!(cancellationToken);

    public Task<ITransportListener> ListenAsync(Multiaddress address, CancellationToken cancellationToken) =>
        Task.FromResult<ITransportListener>(new Listener(this));

    /// <summary>A connection arrives; this is its far end.</summary>
    public Stream Arrive(string from, Func<Stream, Stream>? wrap = null, bool isRelayed = false)
    {
        (MemoryDuplex near, MemoryDuplex far) = MemoryDuplex.CreatePair();
        _arriving.Writer.TryWrite(new RawConnection(wrap?.Invoke(near) ?? near, Address, Multiaddress.Parse(from), isRelayed));
        return far;
    }

    private sealed class Listener(FakeTransport transport) : ITransportListener
    {
        public IReadOnlyList<Multiaddress> Addresses => [Address];

        public async ValueTask<RawConnection?> AcceptAsync(CancellationToken cancellationToken)
        {
            if (transport.AcceptFailures.TryDequeue(out Exception? failure))
                throw failure;
            try
            {
                return await transport._arriving.Reader.ReadAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
