namespace Relay.Tests;

internal sealed class ConfigPresetTests
{
    private static IEnumerable<TestCaseData> Presets =>
    [
        new TestCaseData((Func<Config>)Config.Cluster).SetArgDisplayNames(nameof(Config.Cluster)),
        new TestCaseData((Func<Config>)Config.Introductions).SetArgDisplayNames(nameof(Config.Introductions)),
        new TestCaseData((Func<Config>)Config.Dedicated).SetArgDisplayNames(nameof(Config.Dedicated)),
    ];

    [TestCaseSource(nameof(Presets))]
    public void A_preset_is_valid_wise_for_members_only_and_new_each_time(Func<Config> preset)
    {
        Config config = preset();
        Assert.Multiple(() =>
        {
            Assert.That(config.ToOptions(), Has.One.InstanceOf<RelayServiceOption>().And.One.InstanceOf<NetworkOnlyOption>());
            Assert.That(config.GetWarnings(), Is.Empty);
            Assert.That(preset(), Is.Not.SameAs(config));
        });
    }

    [Test]
    public void Cluster_is_the_default() => Assert.That(Config.Cluster().ToOptions(), Is.EqualTo(new Config().ToOptions()));

    [Test]
    public void A_dedicated_relay_has_no_limit_on_a_circuit_and_throttles_it()
    {
        RelayServiceConfig relay = Config.Dedicated().Connection.RelayService;

        Assert.That((relay.MaxData, relay.MaxDuration), Is.EqualTo(((long?)null, (TimeSpan?)null)));
        Assert.That((relay.MaxCircuitBandwidth, relay.CircuitIdleTimeout), Is.EqualTo(((long?)(16 << 20), (TimeSpan?)TimeSpan.FromHours(1))));
    }

    [Test]
    public void Introductions_have_the_limits_of_go_libp2p()
    {
        RelayServiceConfig relay = Config.Introductions().Connection.RelayService;

        Assert.Multiple(() =>
        {
            Assert.That((relay.MaxData, relay.MaxDuration), Is.EqualTo(((long?)131_072, (TimeSpan?)TimeSpan.FromMinutes(2))));
            Assert.That((relay.MaxCircuits, relay.BufferSize, relay.ReservationTtl), Is.EqualTo((16, 2048, TimeSpan.FromHours(1))));
            Assert.That((relay.MaxReservations, relay.MaxReservationsPerIp), Is.EqualTo((128, 8)));
        });
    }
}
