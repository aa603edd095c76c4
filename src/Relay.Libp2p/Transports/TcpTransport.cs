using System.Net;
using System.Net.Sockets;
using Relay.Multiformats;

namespace Relay.Libp2p.Transports;

/// <summary>TCP, with Nagle's algorithm off: <c>/ip4|ip6|dns|dns4|dns6/…/tcp/PORT</c>. Thread-safe.</summary>
/// <param name="timeout">The time to resolve a name, and the time to connect to one address.</param>
/// <param name="time">The clock.</param>
/// <param name="resolver">Resolves names; null: the machine's resolver.</param>
internal sealed class TcpTransport(
    TimeSpan timeout, TimeProvider time, Func<string, AddressFamily, CancellationToken, Task<IPAddress[]>>? resolver = null) : ITransport
{
    private const int Backlog = 512;
    private const int MaxAddresses = 8; // tried of one name, each for the whole timeout

    public bool CanDial(Multiaddress address) => IsTcp(address);

    public bool CanListen(Multiaddress address) => IsTcp(address);

    public async Task<RawConnection> DialAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        DialException? failure = null;
        foreach (IPEndPoint endpoint in await ResolveAsync(address, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                return await ConnectAsync(address, endpoint, cancellationToken).ConfigureAwait(false);
            }
            catch (DialException e)
            {
                failure = e;
            }
        }

        throw failure ?? new DialException(DialError.NameNotResolved, $"The name in {address} has no address of the kind asked for.");
    }

    public async Task<ITransportListener> ListenAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        IPEndPoint[] endpoints;
        try
        {
            endpoints = await ResolveAsync(address, cancellationToken).ConfigureAwait(false);
        }
        catch (DialException e)
        {
            throw new ListenException(address, e.Message, e.InnerException);
        }

        if (endpoints.Length == 0)
            throw new ListenException(address, $"The name in {address} has no address of the kind asked for.");
        Socket? socket = null;
        try
        {
            // Each family is listened on by its own address; a dual-mode socket would take the other's port as well.
            socket = new Socket(endpoints[0].AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (endpoints[0].AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = false;
            socket.Bind(endpoints[0]);
            socket.Listen(Backlog);
            return new TcpTransportListener(socket, time);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw new ListenException(address, $"Listening on {address} failed: {e.Message}", e);
        }
    }

    public static RawConnection ToRaw(Socket socket)
    {
        var local = Multiaddress.FromEndPoint((IPEndPoint)socket.LocalEndPoint!);
        var remote = Multiaddress.FromEndPoint((IPEndPoint)socket.RemoteEndPoint!);
        return new RawConnection(new NetworkStream(socket, ownsSocket: true), local, remote);
    }

    // Exactly HOST/tcp/PORT, perhaps followed by /p2p/ID.
    private static bool IsTcp(Multiaddress address)
    {
        IReadOnlyList<MultiaddressComponent> parts = address.Components;
        return parts.Count is 2 or 3
            && parts[0].Protocol is MultiaddressProtocol.Ip4 or MultiaddressProtocol.Ip6
                or MultiaddressProtocol.Dns or MultiaddressProtocol.Dns4 or MultiaddressProtocol.Dns6
            && parts[1].Protocol == MultiaddressProtocol.Tcp
            && (parts.Count == 2 || parts[2].Protocol == MultiaddressProtocol.P2p);
    }

    private async Task<RawConnection> ConnectAsync(Multiaddress address, IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        Socket? socket = null;
        using var deadline = Deadline.Start(time, timeout, cancellationToken);
        try
        {
            socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(endpoint, deadline.Token).ConfigureAwait(false);
            return ToRaw(socket);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            socket?.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw deadline.HasExpired
                ? new DialException(DialError.Timeout, $"Connecting to {address} took longer than {timeout.TotalSeconds:0.#} s.", e)
                : new DialException(DialError.ConnectFailed, $"Connecting to {address} failed: {e.Message}", e);
        }
    }

    private async Task<IPEndPoint[]> ResolveAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        if (address.TryGetEndPoint(out IPEndPoint? endpoint))
            return [endpoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endpoint.Address.MapToIPv4(), endpoint.Port) : endpoint];
        AddressFamily family = address.Components[0].Protocol switch
        {
            MultiaddressProtocol.Dns4 => AddressFamily.InterNetwork,
            MultiaddressProtocol.Dns6 => AddressFamily.InterNetworkV6,
            _ => AddressFamily.Unspecified,
        };
        int port = int.Parse(address.Components[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        using var deadline = Deadline.Start(time, timeout, cancellationToken);
        try
        {
            // A lookup of the system that has begun does not notice a cancellation: the wait does.
            IPAddress[] addresses = await (resolver ?? Dns.GetHostAddressesAsync)(address.Components[0].Value, family, deadline.Token)
                .WaitAsync(deadline.Token)
                .ConfigureAwait(false);
            return [.. addresses.Take(MaxAddresses).Select(ip => new IPEndPoint(ip, port))];
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // ArgumentException: the "name" is 0.0.0.0 or ::.
            throw new DialException(DialError.NameNotResolved, $"The name in {address} does not resolve: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (deadline.HasExpired && !cancellationToken.IsCancellationRequested)
        {
            throw new DialException(DialError.Timeout, $"Resolving the name in {address} took longer than {timeout.TotalSeconds:0.#} s.", e);
        }
    }
}
