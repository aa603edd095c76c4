// Members from a table of a SQLite database, and access control of our own beside them. The exit code is 0 only if all of it happened.
using MembersFromDatabase;
using Relay;
using Relay.Circuit;

string file = Path.Combine(Path.GetTempPath(), $"relay-members-{Guid.NewGuid():N}.db");
await using RelayNode peer = await StartPeerAsync();

#region database
var table = new MemberTable($"Data Source={file};Pooling=False");
await table.CreateAsync();
var members = new DelegateMembershipSource(MembershipKind.Authoritative, table.ReadAsync); // the table is the truth: empty means nobody
var bans = new BanList();

var config = new Config { ListenAddresses = { "/ip4/127.0.0.1/tcp/0" } };
await using RelayNode relay = new NodeBuilder(config.ToOptions())
    .WithMembership(members)
    .WithAcl(bans)                        // both must admit
    .Build();
await relay.StartAsync();                 // reads the table once; then every 30 s, and at each NotifyChanged()
#endregion

try
{
    if (!await IsRefusedAsync())
        return Fail("Somebody who is in no table was given a reservation.");
    Console.WriteLine("not in the table: refused");

    #region joined
    await table.AddAsync(peer.PeerId);
    members.NotifyChanged();              // at once, instead of within 30 s
    #endregion

    if (!await BecomesAsync(refused: false))
        return Fail("The new member is refused.");
    Console.WriteLine("in the table: admitted");

    #region banned
    bans.Replace([peer.PeerId]);
    relay.Relay!.PolicyChanged();         // ask again about everybody who holds a reservation
    #endregion

    if (!await BecomesAsync(refused: true))
        return Fail("Somebody who is banned was given a reservation.");
    Console.WriteLine("banned: refused");

    bans.Replace([]);
    await table.RemoveAsync(peer.PeerId);
    members.NotifyChanged();
    if (!await BecomesAsync(refused: true))
        return Fail("Somebody who was removed from the table was given a reservation.");
    Console.WriteLine("removed from the table: refused");
    return 0;
}
finally
{
    File.Delete(file);
}

// The table is read on another thread: looks for up to 10 s.
async Task<bool> BecomesAsync(bool refused)
{
    for (int i = 0; i < 100; i++)
    {
        if (await IsRefusedAsync() == refused)
            return true;
        await Task.Delay(100);
    }

    return false;
}

async Task<bool> IsRefusedAsync()
{
    try
    {
        await peer.Relays.ReserveAsync(relay.ListenAddresses[0]);
        return false;
    }
    catch (RelayException refusal) when (refusal.Status == Status.PermissionDenied)
    {
        return true;
    }
}

static async Task<RelayNode> StartPeerAsync()
{
    var config = new Config { ListenAddresses = { "/ip4/127.0.0.1/tcp/0" }, Connection = { RelayService = { Disabled = true } } };
    RelayNode node = new NodeBuilder(config.ToOptions()).Build();
    await node.StartAsync();
    return node;
}

static int Fail(string what)
{
    Console.Error.WriteLine(what);
    return 1;
}
