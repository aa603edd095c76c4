using Relay;
using Relay.Circuit;
using Relay.Multiformats;

namespace Membership;

/// <summary>Starts a relay for the members that a source names, and lets Alice and Bob ask it for a reservation.</summary>
internal sealed class Questions(RelayNode alice, RelayNode bob)
{
    public bool AllAnswersWereRight { get; private set; } = true;

    public async Task AskAsync(string members, IMembershipSource source, (bool Alice, bool Bob) expected, IRelayAclFilter? acl = null)
    {
        var config = new Config { ListenAddresses = { "/ip4/127.0.0.1/tcp/0" } };
        NodeBuilder builder = new NodeBuilder(config.ToOptions()).WithMembership(source);
        if (acl is not null)
            builder.WithAcl(acl);
        await using RelayNode relay = builder.Build();
        await relay.StartAsync();

        (bool Alice, bool Bob) actual = (await ReservesAsync(alice, relay), await ReservesAsync(bob, relay));
        Console.WriteLine($"{members}: Alice {Word(actual.Alice)}, Bob {Word(actual.Bob)}");
        AllAnswersWereRight &= actual == expected;
    }

    private static async Task<bool> ReservesAsync(RelayNode peer, RelayNode relay)
    {
        Multiaddress address = relay.ListenAddresses[0];
        try
        {
            await peer.Relays.ReserveAsync(address);
            return true;
        }
        catch (RelayException refusal) when (refusal.Status == Status.PermissionDenied)
        {
            return false;
        }
    }

    private static string Word(bool isAdmitted) => isAdmitted ? "is admitted" : "is refused";
}
