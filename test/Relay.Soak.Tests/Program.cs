// A destination in a process of its own: reserves on the relay named by the argument, says its peer id, and swallows what circuits bring until it is killed.
using Relay;
using Relay.Multiformats;
using Relay.Soak.Tests;

var config = new Config { Connection = { RelayService = { Disabled = true } } };
await using RelayNode node = new NodeBuilder(config.ToOptions()).Build();
await node.StartAsync();
node.Handle(SoakPeer.Sink, SoakPeer.SwallowAsync);
await node.Relays.ReserveAsync(Multiaddress.Parse(args[0]));
Console.WriteLine(node.PeerId);
await Console.In.ReadLineAsync();
