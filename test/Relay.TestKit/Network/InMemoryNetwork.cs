using Relay.Circuit.Host;
using Relay.Multiformats;

namespace Relay.TestKit.Network;

/// <summary>Hosts and the connections between them, in memory. Hosts get identities and addresses that are the same in every run.</summary>
public sealed class InMemoryNetwork : IRelayTestNetwork
{
    private readonly List<InMemoryHost> _hosts = [];

    /// <summary>Adds a host with the address <c>/ip4/192.0.2.N/tcp/4001</c>, or the one given.</summary>
    public InMemoryHost AddHost(string? address = null)
    {
        int number = _hosts.Count + 1;
        byte[] seed = new byte[32];
        BitConverter.TryWriteBytes(seed, number);
        var host = new InMemoryHost(IdentityKey.FromSeed(seed), Multiaddress.Parse(address ?? $"/ip4/192.0.2.{number}/tcp/4001"));
        _hosts.Add(host);
        return host;
    }

    /// <summary>Connects two hosts, once more when they are connected already.</summary>
    public InMemoryConnection Connect(InMemoryHost dialer, InMemoryHost listener, string? dialerAddress = null, bool isRelayed = false)
    {
        var connection = new InMemoryConnection(
            dialer,
            dialerAddress is null ? dialer.Address : Multiaddress.Parse(dialerAddress),
            listener,
            listener.Address,
            isRelayed);
        dialer.Attach(connection);
        listener.Attach(connection);
        return connection;
    }

    ValueTask<IRelayHost> IRelayTestNetwork.AddHostAsync() => ValueTask.FromResult<IRelayHost>(AddHost());

    Multiaddress IRelayTestNetwork.NeighbourAddress => Multiaddress.Parse("/ip4/203.0.113.9/tcp/1");

    ValueTask<IRelayHost> IRelayTestNetwork.AddNeighbourAsync() => ValueTask.FromResult<IRelayHost>(AddHost($"/ip4/203.0.113.9/tcp/{_hosts.Count + 2}"));

    ValueTask IRelayTestNetwork.ConnectAsync(IRelayHost dialer, IRelayHost listener)
    {
        Connect((InMemoryHost)dialer, (InMemoryHost)listener);
        return ValueTask.CompletedTask;
    }

    ValueTask IRelayTestNetwork.DisconnectAsync(IRelayHost host)
    {
        ((InMemoryHost)host).CloseConnections();
        return ValueTask.CompletedTask;
    }

    /// <summary>Ends every connection and waits for every handler.</summary>
    /// <exception cref="AggregateException">A handler threw.</exception>
    public async ValueTask DisposeAsync()
    {
        foreach (InMemoryHost host in _hosts)
            host.CloseConnections();
        foreach (InMemoryHost host in _hosts)
            await host.HandlersHaveEndedAsync();

        Exception[] failures = [.. _hosts.SelectMany(h => h.HandlerFailures)];
        if (failures.Length > 0)
            throw new AggregateException("Handlers threw.", failures);
    }
}
