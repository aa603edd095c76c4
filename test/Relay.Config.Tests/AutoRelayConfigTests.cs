using Relay.Multiformats;
using Relay.Settings;

namespace Relay.Tests;

/// <summary>What a node is told about its relays, and what it makes of that.</summary>
internal sealed class AutoRelayConfigTests
{
    private static readonly string One = $"/ip4/192.0.2.1/tcp/4001/p2p/{Peers.Member}";

    private static AutoRelayOption? OptionOf(Config config) => config.ToOptions().OfType<AutoRelayOption>().SingleOrDefault();

    [Test]
    public void Relays_are_sought_unless_that_is_off_or_the_node_is_public([Values] bool enabled, [Values] Reachability reachability)
    {
        var config = new Config { Connection = { Reachability = reachability, AutoRelay = { Enabled = enabled } } };

        Assert.That(OptionOf(config)?.Reachability, Is.EqualTo(enabled && reachability != Reachability.Public ? reachability : (Reachability?)null));
    }

    [Test]
    public void Whether_the_node_serves_as_a_relay_makes_no_difference([Values] bool disabled)
    {
        var config = new Config { Connection = { RelayService = { Disabled = disabled }, AutoRelay = { StaticRelays = { One } } } };

        Assert.That(OptionOf(config)?.StaticRelays, Is.EqualTo(new[] { Multiaddress.Parse(One) }));
    }

    [Test]
    public void Every_knob_reaches_the_option_and_takes_part_in_equality()
    {
        Action<AutoRelayConfig>[] changes =
        [
            relays => relays.StaticRelays.Add(One),
            relays => relays.OnlyStaticRelays = true,
            relays => relays.WantedRelays = 5,
            relays => relays.BootDelay = TimeSpan.FromSeconds(5.5),
            relays => relays.RetryBackOff = TimeSpan.FromSeconds(5.5),
            relays => relays.MaxRetryBackOff = TimeSpan.FromSeconds(5.5),
            relays => relays.DiscoveryInterval = TimeSpan.FromSeconds(5.5),
        ];
        AutoRelayOption unchanged = OptionOf(new Config())!;
        Assert.That(OptionOf(new Config()), Is.EqualTo(unchanged).And.Property("StaticRelays").Empty);
        Assert.That(OptionOf(new Config())!.GetHashCode(), Is.EqualTo(unchanged.GetHashCode()));

        foreach (Action<AutoRelayConfig> change in changes)
        {
            var config = new Config();
            change(config.Connection.AutoRelay);
            Assert.That(OptionOf(config), Is.Not.EqualTo(unchanged));
        }
    }

    [TestCase("/ip4/192.0.2.1/tcp/4001", "StaticRelays:0")]
    [TestCase("/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA", "StaticRelays:0")]
    [TestCase("/ip4/192.0.2.1/tcp/1/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA/p2p-circuit", "StaticRelays:0")]
    [TestCase("relay.example", "StaticRelays:0")]
    [TestCase("", "StaticRelays:0")]
    public void What_is_not_the_address_of_a_relay_is_an_error_that_names_it(string address, string path)
    {
        var config = new Config { Connection = { AutoRelay = { StaticRelays = { address } } } };

        ConfigError error = Assert.Throws<ConfigValidationException>(() => config.ToOptions())!.Errors.Single();

        Assert.That((error.Path, error.Value), Is.EqualTo(($"Connection:AutoRelay:{path}", address)));
        Assert.That(error.Accepted, Does.Contain("/p2p/ID"));
    }

    [TestCase(0, false)]
    [TestCase(1, true)]
    [TestCase(16, true)]
    [TestCase(17, false)]
    public void The_number_of_wanted_relays_has_a_range(int wanted, bool isAccepted)
    {
        var config = new Config { Connection = { AutoRelay = { WantedRelays = wanted } } };

        Assert.That(() => config.ToOptions(), isAccepted ? Throws.Nothing : Throws.TypeOf<ConfigValidationException>());
    }

    [Test]
    public void A_reachability_that_is_none_is_an_error()
    {
        var config = new Config { Connection = { Reachability = (Reachability)7 } };

        ConfigError error = Assert.Throws<ConfigValidationException>(() => config.ToOptions())!.Errors.Single();

        Assert.That((error.Path, error.Value), Is.EqualTo(("Connection:Reachability", "7")));
    }

    [TestCase("private", true)]
    [TestCase("public", true)]
    [TestCase("unknown", true)]
    [TestCase("2", false)]
    [TestCase("privat", false)]
    public void Reachability_is_written_as_a_word(string text, bool isAccepted)
    {
        SettingsReading result = SettingsInput.Read("--reachability", text);

        Assert.That(result.Errors, isAccepted ? Is.Empty : Has.Length.EqualTo(1));
    }

    [Test]
    public void What_contradicts_itself_is_warned_of()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Warned(connection => (connection.Reachability, connection.AutoRelay.Enabled) = (Reachability.Private, false)), Is.EqualTo("Enabled"));
            Assert.That(Warned(connection => connection.Reachability = Reachability.Public), Is.Empty);
            Assert.That(Warned(connection =>
            {
                connection.Reachability = Reachability.Public;
                connection.AutoRelay.StaticRelays.Add(One);
            }), Is.EqualTo("Enabled"));
            Assert.That(Warned(connection => connection.AutoRelay.OnlyStaticRelays = true), Is.EqualTo("OnlyStaticRelays"));
            Assert.That(Warned(connection => connection.AutoRelay.MaxRetryBackOff = TimeSpan.FromSeconds(4.9)), Is.EqualTo("MaxRetryBackOff"));
            Assert.That(Warned(connection => connection.AutoRelay.MaxRetryBackOff = TimeSpan.FromSeconds(5)), Is.Empty);
        });

        static string Warned(Action<ConnectionConfig> change)
        {
            var config = new Config();
            change(config.Connection);
            return string.Join(", ", config.GetWarnings().Select(warning => warning.Path.Split(':')[^1]));
        }
    }
}
