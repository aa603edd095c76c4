using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Relay.Multiformats;

namespace Relay.Libp2p.Transports;

/// <summary>A listening TCP socket.</summary>
internal sealed class TcpTransportListener(Socket socket) : ITransportListener
{
    private readonly IPEndPoint _endpoint = (IPEndPoint)socket.LocalEndPoint!;

    public IReadOnlyList<Multiaddress> Addresses => [.. Resolve().Select(ip => Multiaddress.FromEndPoint(new IPEndPoint(ip, _endpoint.Port)))];

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
}
