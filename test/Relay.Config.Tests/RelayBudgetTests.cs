using Relay.Circuit;
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
            Assert.That(worst.Streams, Is.EqualTo(((20 * (30 + 4)) + 10) * 3 * KiB), "4 of its own, on each connection");
            Assert.That(worst.Reservations, Is.EqualTo(40 * 2 * KiB));
            Assert.That(worst.Rates, Is.Zero);
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
    public void What_is_counted_as_the_node_runs_is_the_worst_case_when_every_cap_is_reached([Values] bool hasRates)
    {
        Config config = Small;
        var rate = new Rate(5, Rate.MinPeriod);
        RelayServiceConfig relay = config.Connection.RelayService;
        if (hasRates)
            (relay.ReservationRatePerPeer, relay.ReservationRatePerIp, relay.CircuitRatePerPeer, relay.CircuitRatePerIp) = (rate, rate, rate, rate);
        CircuitRelayOptions options = config.ToOptions().OfType<RelayServiceOption>().Single().ToCircuitOptions();
        long counted = NodeMemory.Of(20, (20 * (30 + NodeMemory.OwnStreams)) + 10, new Libp2pOptions().WindowBudget) + RelayMemory.WorstCase(options, NodeMemory.StreamQueue);
        Assert.That(RelayBudget.WorstCase(config.ToOptions()).Total, Is.EqualTo(counted));
        Assert.That(RelayBudget.WorstCase(config.ToOptions()).Rates, Is.EqualTo(hasRates ? 4 * 100_000 * 512 : 0));
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
