// A relay for the members of a network, one member, one stranger, and a friend who reaches the member through the relay.
// Everything runs in this process, on loopback. The exit code is 0 only if all of it happened.
using System.Security.Cryptography;
using Relay;
using Relay.Circuit;
using Relay.Libp2p;
using Relay.Multiformats;

const string EchoProtocol = "/quickstart/echo/1.0.0";

// Three nodes that do not serve as relays themselves. Turning the service off never stops a node from using other relays.
await using RelayNode member = await StartNodeAsync();
await using RelayNode stranger = await StartNodeAsync();
await using RelayNode friend = await StartNodeAsync();

// The relay: NetworkOnly is on by default, so it asks who the members are.
var config = new Config { ListenAddresses = { "/ip4/127.0.0.1/tcp/0" } };
config.Connection.RelayService.MaxData = 64L << 20;
config.Connection.RelayService.MaxDuration = TimeSpan.FromMinutes(5);

await using RelayNode relay = new NodeBuilder(config.ToOptions())
    .WithMembership(new StaticMembershipSource([member.PeerId]))
    .Build();
await relay.StartAsync();
Multiaddress relayAddress = relay.ListenAddresses[0];
Console.WriteLine($"The relay listens on {relayAddress}");
Console.WriteLine($"Its network has one member, {member.PeerId}");

// A stranger asks for a slot.
try
{
    await stranger.Relays.ReserveAsync(relayAddress);
    return Fail("The stranger was given a reservation.");
}
catch (RelayException refusal) when (refusal.Status == Status.PermissionDenied)
{
    Console.WriteLine($"The stranger is refused: {refusal.Status}");
}

// The member asks for a slot.
Reservation reservation = await member.Relays.ReserveAsync(relayAddress);
if (reservation.Voucher is not { } voucher || voucher.Relay != relay.PeerId || voucher.Peer != member.PeerId)
    return Fail("The reservation has no voucher for the member.");
if (reservation.Limit != new CircuitLimit(config.Connection.RelayService.MaxDuration, config.Connection.RelayService.MaxData))
    return Fail("The reservation has other limits than were configured.");
Console.WriteLine($"The member holds a reservation until {reservation.Expiration:u}");
Console.WriteLine($"  with a voucher signed by the relay for {voucher.Peer}");
Console.WriteLine($"  for circuits of up to {reservation.Limit?.Data} bytes per direction and {reservation.Limit?.Duration}");

// The friend knows the member only by its address behind the relay. The connection inside the circuit is secured end to end.
member.Handle(EchoProtocol, async stream =>
{
    await stream.CopyToAsync(stream);
    await stream.CloseWriteAsync();
});
Multiaddress memberAddress = relayAddress.Encapsulate(Multiaddress.Parse($"/p2p-circuit/p2p/{member.PeerId}"));
await using MuxedStream stream = await friend.OpenStreamAsync(memberAddress, EchoProtocol, allowLimited: true);
Console.WriteLine($"A friend has dialed the member at {stream.Connection.RemoteAddress}");

byte[] message = RandomNumberGenerator.GetBytes(1 << 20);
Task writing = WriteAsync(stream, message);
using var echo = new MemoryStream();
await stream.CopyToAsync(echo);
await writing;
if (!SHA256.HashData(echo.ToArray()).SequenceEqual(SHA256.HashData(message)))
    return Fail("The echo is not what was sent.");
Console.WriteLine($"  and had {message.Length} bytes echoed, SHA-256 {Convert.ToHexStringLower(SHA256.HashData(message))[..16]}...");
Console.WriteLine($"The relay carries {relay.Relay!.Counts.Circuits} circuit for {relay.Relay.Counts.Reservations} reservation.");
return 0;

static async Task<RelayNode> StartNodeAsync()
{
    var config = new Config { ListenAddresses = { "/ip4/127.0.0.1/tcp/0" } };
    config.Connection.RelayService.Disabled = true;
    RelayNode node = new NodeBuilder(config.ToOptions()).Build();
    await node.StartAsync();
    return node;
}

static async Task WriteAsync(MuxedStream stream, byte[] message)
{
    await stream.WriteAsync(message);
    await stream.CloseWriteAsync();
}

static int Fail(string what)
{
    Console.Error.WriteLine(what);
    return 1;
}
