using Relay.Libp2p;

namespace Relay.Tests;

[TestFixture]
internal sealed class RelayBudgetTests
{
    private const long KiB = 1024;
    private const long MiB = 1024 * KiB;

    [Test]
    public void The_parts_follow_from_the_caps()
    {
        RelayBudget worst = RelayBudget.WorstCase(Small.ToOptions());
        Assert.Multiple(() =>
        {
            Assert.That(worst.SpliceBuffers, Is.EqualTo(10 * 2 * 128 * KiB), "the pool rounds up");
            Assert.That(worst.ReceiveQueues, Is.EqualTo((10 * 2 * 256 * KiB) + (64 * MiB) + (16 * MiB) + (10 * 2 * 128 * KiB)));
            Assert.That(worst.Connections, Is.EqualTo(20 * (256 + 128 + 64 + 32) * KiB), "the pool rounds up");
            Assert.That(worst.Streams, Is.EqualTo(((20 * 30) + 10) * 3 * KiB));
            Assert.That(worst.Reservations, Is.EqualTo(40 * 2 * KiB));
            Assert.That(worst.Total, Is.EqualTo(worst.SpliceBuffers + worst.ReceiveQueues + worst.Connections + worst.Streams + worst.Reservations));
        });
    }

    [Test]
    public void A_disabled_relay_takes_nothing_for_circuits_and_reservations()
    {
        Config config = Small;
        config.Connection.RelayService.Disabled = true;
        RelayBudget worst = RelayBudget.WorstCase(config.ToOptions());
        Assert.That((worst.SpliceBuffers, worst.Reservations), Is.EqualTo((0L, 0L)));
        Assert.That(worst.ReceiveQueues, Is.EqualTo(new Libp2pOptions().MaxUnreadBytes));
    }

    [Test]
    public void A_budget_of_exactly_the_worst_case_is_accepted_and_one_byte_less_refused()
    {
        Config config = Small;
        long worst = RelayBudget.WorstCase(config.ToOptions()).Total;
        config.Connection.RelayService.MemoryBudget = worst;
        Assert.That(config.ToOptions(), Is.Not.Empty);

        config.Connection.RelayService.MemoryBudget = worst - 1;
        ConfigError error = Assert.Throws<ConfigValidationException>(() => config.ToOptions())!.Errors.Single();
        Assert.That(error.Path, Is.EqualTo("Connection:RelayService:MemoryBudget"));
        Assert.That(error.ToString(), Does.Contain("at worst: buffers of circuits 3 MiB, receive queues").And.Contain("lower MaxTotalCircuits"));
    }

    [Test]
    public void A_budget_is_looked_at_only_when_the_relay_serves()
    {
        Config config = Small;
        (config.Connection.RelayService.MemoryBudget, config.Connection.RelayService.Disabled) = (1 << 20, true);
        Assert.That(config.ToOptions(), Is.Not.Empty);
    }

    [Test]
    public void The_least_budget_there_can_be_is_a_mebibyte()
    {
        Config config = Small;
        config.Connection.RelayService.MemoryBudget = (1 << 20) - 1;
        Assert.That(Assert.Throws<ConfigValidationException>(() => config.ToOptions())!.Errors.Single().Rule, Does.Contain("must be at least 1MiB"));
    }

    [Test]
    public void A_node_can_fall_back_on_no_more_memory_than_the_worst_case_counts()
    {
        // What the engine reserves as circuits, connections and reservations come is never more than the worst case says, with all caps reached.
        Config config = Small;
        RelayBudget worst = RelayBudget.WorstCase(config.ToOptions());
        long perCircuit = 2 * ((128 * KiB) + NodeMemory.StreamWindow + (64 * KiB));
        long reserved = (10 * perCircuit) + (40 * 2 * KiB) + (20 * NodeMemory.PerConnection) + new Libp2pOptions().WindowBudget;
        Assert.That(reserved, Is.LessThanOrEqualTo(worst.Total));
    }

    private static Config Small => new()
    {
        Connection =
        {
            MaxConnections = 20,
            MaxConnectionsPerIp = 20,
            MaxStreamsPerConnection = 30,
            RelayService = { MaxTotalCircuits = 10, MaxCircuits = 10, BufferSize = (64 * 1024) + 1, MaxReservations = 40, MaxReservationsPerIp = 8 },
        },
    };
}
