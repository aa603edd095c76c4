// How do I stay reachable behind NAT? By holding a reservation on a relay that others can dial. This node names its relays, listens where nobody from outside
// gets to, and is reached all the same.
//
//   BehindNat                      shows it in one process: a relay, the node behind NAT, a friend who dials it, and what happens when the relay restarts
//   BehindNat RELAY-ADDRESS...     stays reachable through these relays (ADDR/p2p/ID) and echoes, until its standard input ends
using Relay;
using Relay.Libp2p;
using Relay.Multiformats;

const string EchoProtocol = "/behind-nat/echo/1.0.0";

if (args.Length > 0)
{
    await using RelayNode lasting = await StartBehindNatAsync(args, "behind-nat.key");
    using var over = new CancellationTokenSource();
    Task telling = TellAsync(lasting, over.Token);
    while (await Console.In.ReadLineAsync() is not null)
    {
    }

    await over.CancelAsync();
    await telling;
    return 0;
}

// A relay on a host that can be dialed. It keeps its identity, so that its address stays the same over a restart.
var identity = IdentityKey.Generate();
RelayNode relay = await StartRelayAsync("/ip4/127.0.0.1/tcp/0", identity);
Multiaddress relayAddress = relay.ListenAddresses[0];
Console.WriteLine($"The relay listens on {relayAddress}");

await using RelayNode node = await StartBehindNatAsync([relayAddress.ToString()]);
await ReachableAsync(node);
Multiaddress address = node.Relays.Addresses[0];
Console.WriteLine($"The node behind NAT is reached at {address}");

await using RelayNode friend = await StartFriendAsync();
await EchoAsync(friend, address);

// The relay goes away and comes back. Nobody does anything about it: the node notices, and reserves again.
await relay.DisposeAsync();
await LostAsync(node);
Console.WriteLine("The relay is gone, and the node says so: it advertises no address behind it");
await using RelayNode again = await StartRelayAsync(relayAddress.WithoutPeerId()!.ToString(), identity);
await ReachableAsync(node);
Console.WriteLine("The relay is back, and so is the reservation");
await EchoAsync(friend, node.Relays.Addresses[0]);
return 0;

// The whole answer to the question is in here.
static async Task<RelayNode> StartBehindNatAsync(IEnumerable<string> relays, string? keyFile = null)
{
    var config = new Config { ListenAddresses = { "/ip4/127.0.0.1/tcp/0" } };
    config.PrivateKeyFile = keyFile;                             // the address that friends are given ends in its peer id, and outlives a restart
    config.Connection.RelayService.Disabled = true;              // it cannot be dialed, so it is no relay for others
    config.Connection.Reachability = Reachability.Private;
    foreach (string relay in relays)
        config.Connection.AutoRelay.StaticRelays.Add(relay);

    RelayNode node = new NodeBuilder(config.ToOptions()).Build();
    node.Handle(EchoProtocol, async stream =>
    {
        await stream.CopyToAsync(stream);
        await stream.CloseWriteAsync();
    });
    await node.StartAsync();
    return node;
}

// Says whenever something happens with a relay.
static async Task TellAsync(RelayNode node, CancellationToken cancellationToken)
{
    try
    {
        await foreach (KnownRelay change in node.Relays.WatchAsync(cancellationToken))
        {
            Console.WriteLine($"{change.Relay}: {change.State} {change.Detail}");
            foreach (Multiaddress reachedAt in node.Relays.Addresses)
                Console.WriteLine($"reached at {reachedAt}");
        }
    }
    catch (OperationCanceledException)
    {
    }
}

// A limited connection is one its relay will cut at some point: the application says that this will do, sees what is left, and is told when that was the end.
static async Task EchoAsync(RelayNode friend, Multiaddress address)
{
    await using MuxedStream stream = await friend.OpenStreamAsync(address, EchoProtocol, allowLimited: true);
    try
    {
        await stream.WriteAsync("are you there?"u8.ToArray());
        await stream.CloseWriteAsync();
        using var reader = new StreamReader(stream, leaveOpen: true);
        Console.WriteLine($"A friend asks \"{await reader.ReadToEndAsync()}\" and hears it back; left of the relay's limits: {stream.Connection.Remaining}");
    }
    catch (StreamException cut) when (cut.Reason == StreamError.LimitReached)
    {
        Console.WriteLine("The relay's limit ended this; a new connection starts anew.");
    }
}

static Task ReachableAsync(RelayNode node) => UntilAsync(node, () => node.Relays.Addresses.Count > 0);

static Task LostAsync(RelayNode node) => UntilAsync(node, () => node.Relays.Addresses.Count == 0);

static async Task UntilAsync(RelayNode node, Func<bool> condition)
{
    using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
    await foreach (KnownRelay _ in node.Relays.WatchAsync(patience.Token)) // begins with how things stand
    {
        if (condition())
            return;
    }
}

static async Task<RelayNode> StartRelayAsync(string listen, IdentityKey identity)
{
    var config = new Config { ListenAddresses = { listen } };
    config.Connection.Reachability = Reachability.Public;
    config.Connection.RelayService.NetworkOnly = false;          // everyone may reserve; see the Quickstart for members only
    RelayNode relay = new NodeBuilder(config.ToOptions()).WithIdentity(identity).Build();
    await relay.StartAsync();
    return relay;
}

static async Task<RelayNode> StartFriendAsync()
{
    var config = new Config { ListenAddresses = { "/ip4/127.0.0.1/tcp/0" } };
    config.Connection.RelayService.Disabled = true;
    RelayNode friend = new NodeBuilder(config.ToOptions()).Build();
    await friend.StartAsync();
    return friend;
}
