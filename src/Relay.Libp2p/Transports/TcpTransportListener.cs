using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Relay.Multiformats;

namespace Relay.Libp2p.Transports;

/// <summary>A listening TCP socket.</summary>
internal sealed class TcpTransportListener(Socket socket, TimeProvider time) : ITransportListener
{
    // Asking the system for its interfaces costs more than a RESERVE; they change when a cable is pulled.
    private static readonly TimeSpan CacheLifetime = TimeSpan.FromSeconds(10);

    private readonly IPEndPoint _endpoint = (IPEndPoint)socket.LocalEndPoint!;
    private CachedAddresses? _cached;

    public IReadOnlyList<Multiaddress> Addresses
    {
        get
        {
            CachedAddresses? cached = Volatile.Read(ref _cached);
            if (cached is null || time.GetElapsedTime(cached.ResolvedAt) > CacheLifetime)
            {
                cached = new CachedAddresses(
                    [.. Resolve().Select(ip => Multiaddress.FromEndPoint(new IPEndPoint(ip, _endpoint.Port)))], time.GetTimestamp());
                Volatile.Write(ref _cached, cached);
            }

            return cached.Addresses;
        }
    }

    public async ValueTask<RawConnection?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Socket? accepted = null;
            try
            {
                accepted = await socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
                accepted.NoDelay = true;
                return TcpTransport.ToRaw(accepted);
            }
            catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException
                || (e is SocketException && accepted is null && socket.SafeHandle.IsClosed))
            {
                return null;
            }
            catch (SocketException) when (accepted is not null)
            {
                // Gone between its arrival and now.
                accepted.Dispose();
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    // A wildcard stands for the addresses of the interfaces; loopback first, since it always works on the machine itself.
    private IEnumerable<IPAddress> Resolve()
    {
        bool isWildcard = _endpoint.Address.Equals(IPAddress.Any) || _endpoint.Address.Equals(IPAddress.IPv6Any);
        if (!isWildcard)
            return [_endpoint.Address];
        return NetworkInterface.GetAllNetworkInterfaces()
            .Where(i => i.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address)
            .Where(ip => ip.AddressFamily == _endpoint.AddressFamily && !ip.IsIPv6LinkLocal)
            .DefaultIfEmpty(_endpoint.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback)
            .Distinct()
            .OrderByDescending(IPAddress.IsLoopback);
    }

    private sealed record CachedAddresses(Multiaddress[] Addresses, long ResolvedAt);
}
