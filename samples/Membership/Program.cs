// Who the members of a network are, from each source there is: one relay after the other, each with another source, and two peers that ask
// it for a reservation. Everything runs in this process, on loopback. The exit code is 0 only if every answer was the right one.
using System.Net;
using Membership;
using Relay;
using Relay.Multiformats;

await using RelayNode alice = await Nodes.StartPeerAsync();
await using RelayNode bob = await Nodes.StartPeerAsync();
var questions = new Questions(alice, bob);
string folder = Directory.CreateTempSubdirectory("relay-membership-").FullName;

// A list that never changes.
var list = new StaticMembershipSource([alice.PeerId]);
await questions.AskAsync("a list of Alice", list, expected: (true, false));

// A file, one peer id per line. It is watched: put another one in its place by renaming, and the change counts at once.
string path = Path.Combine(folder, "members.txt");
await File.WriteAllTextAsync(path, $"{bob.PeerId} # Bob's laptop\n");
var file = new FileMembershipSource(path);
await questions.AskAsync("a file with Bob in it", file, expected: (false, true));

// A function of the application: a database, a service. After NotifyChanged the nodes call it at once.
var database = new DelegateMembershipSource(
    MembershipKind.Authoritative, _ => ValueTask.FromResult<IEnumerable<PeerId>>([alice.PeerId, bob.PeerId]));
await questions.AskAsync("a function that returns both", database, expected: (true, true));

// The alive bucket of an EdgeVPN network, asked of a running `edgevpn api` or LocalAI node, or over unix:///run/edgevpn.sock. What answers
// here in its place saw Alice a moment ago, and Bob a week ago.
await using (var api = new AliveBucketServer((alice.PeerId, DateTimeOffset.UtcNow), (bob.PeerId, DateTimeOffset.UtcNow.AddDays(-7))))
{
    using var edgeVpn = new EdgeVpnMembershipSource(api.Address);
    await questions.AskAsync("an EdgeVPN API", edgeVpn, expected: (true, false));
}

// A ledger of the application's own, when it is the network itself: it announces whom it hears of. Each node announces itself.
var ledger = new AliveLedger();
ledger.Announce(bob.PeerId, DateTimeOffset.UtcNow);
await questions.AskAsync("a ledger in which Bob was announced", ledger, expected: (false, true));

// Sources put together. Who is denied is denied, whatever the others say.
await questions.AskAsync("the list or the file", new UnionMembershipSource(list, file), expected: (true, true));
await questions.AskAsync("the list and the function", new IntersectionMembershipSource(list, database), expected: (true, false));
await questions.AskAsync("the function, but not the list", new ExceptMembershipSource(database, list), expected: (false, true));

// Rules beside membership: by peer, by network, by membership. Deny wins here, too.
AclRules withoutBob = AclRules.None.Deny(bob.PeerId);
await questions.AskAsync("the function, but Bob is denied", database, expected: (true, false), withoutBob);
AclRules orFromHere = AclRules.None.Allow(new NetworkOnlyAcl()).Allow(IPNetwork.Parse("127.0.0.0/8"));
await questions.AskAsync("the list, or whoever is on this machine", list, expected: (true, true), orFromHere);

Directory.Delete(folder, recursive: true);
return questions.AllAnswersWereRight ? 0 : 1;
