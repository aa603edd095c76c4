using System.Text;
using Microsoft.Extensions.Configuration;
using Relay.Settings;

namespace Relay.Tests;

/// <summary>Reading a section of appsettings.json, of the environment and of the command line.</summary>
internal sealed class ConfigurationSectionTests
{
    [Test]
    public void Every_setting_is_read_from_a_file()
    {
        const string Section = """
            {
              "ListenAddresses": [ "/ip4/127.0.0.1/tcp/4001", "/ip6/::1/tcp/0" ],
              "AnnounceAddresses": "/dns4/relay.example/tcp/4001,/ip4/192.0.2.1/tcp/4001",
              "PrivateKeyFile": "relay.key",
              "MembersFile": "members.txt",
              "Connection": {
                "MaxConnections": 2000,
                "HandshakeTimeout": "00:00:05",
                "RelayService": {
                  "Disabled": false, "NetworkOnly": true, "NetworkOnlyRefresh": "1m",
                  "MaxData": "2GiB", "MaxDuration": "45m", "MaxCircuits": 16, "ReservationTtl": "2h", "BufferSize": 32768
                }
              }
            }
            """;

        HostSettings settings = SettingsInput.ReadFile(Section).Settings;

        ConnectionConfig connection = settings.Config.Connection;
        Assert.Multiple(() =>
        {
            Assert.That(settings.Config.ListenAddresses, Is.EqualTo(new[] { "/ip4/127.0.0.1/tcp/4001", "/ip6/::1/tcp/0" }));
            Assert.That(settings.Config.AnnounceAddresses, Is.EqualTo(new[] { "/dns4/relay.example/tcp/4001", "/ip4/192.0.2.1/tcp/4001" }));
            Assert.That((settings.Config.PrivateKeyFile, settings.MembersFile), Is.EqualTo(("relay.key", "members.txt")));
            Assert.That((connection.MaxConnections, connection.HandshakeTimeout), Is.EqualTo((2000, TimeSpan.FromSeconds(5))));
            Assert.That(connection.RelayService.MaxData, Is.EqualTo(2L << 30));
            Assert.That(connection.RelayService.BufferSize, Is.EqualTo(32768));
            Assert.That((connection.RelayService.Disabled, connection.RelayService.NetworkOnly), Is.EqualTo((false, true)));
            Assert.That(connection.MaxStreamsPerConnection, Is.EqualTo(1024), "what the file does not have keeps its default");
        });
    }

    [TestCase("""{ "Connection": { "RelayService": { "MaxDataa": 1 } } }""", "Connection:RelayService:MaxDataa", "Connection:RelayService:MaxData")]
    [TestCase("""{ "Connection": { "RelayService": { "maxduraton": 1 } } }""", "Connection:RelayService:maxduraton", "Connection:RelayService:MaxDuration")]
    [TestCase("""{ "Connection": { "RelaySrvice": { "MaxData": 1 } } }""", "Connection:RelaySrvice", "Connection:RelayService")]
    [TestCase("""{ "MaxData": 1 }""", "MaxData", "Connection:RelayService:MaxData")]
    [TestCase("""{ "ListenAddres": [ "/ip4/127.0.0.1/tcp/1" ] }""", "ListenAddres", "ListenAddresses")]
    [TestCase("""{ "Colour": "blue" }""", "Colour", "the settings that docs/configuration.md lists")]
    public void An_unknown_key_is_an_error_with_the_nearest_known_name(string section, string path, string nearest)
    {
        ConfigError error = SettingsInput.ReadFile(section).Errors.Single();

        Assert.That((error.Path, error.Source, error.Rule, error.Accepted), Is.EqualTo((path, "appsettings.json", "is not a known setting", nearest)));
    }

    [TestCase("null", null, "must not be null")]
    [TestCase("\"\"", "", "must not be empty")]
    [TestCase("0", "0", "must be at least 1")]
    [TestCase("-1", "-1", "must be at least 1")]
    [TestCase("\"Unlimited\"", "Unlimited", "is not a size")]
    [TestCase("1e9", "1e9", "has an unknown unit")]
    [TestCase("true", "True", "is not a size")]
    [TestCase("{ \"Bytes\": 5 }", null, "has keys below it (Bytes)")]
    [TestCase("[ 5 ]", null, "has keys below it (0)")]
    public void Nothing_but_the_word_unlimited_lifts_a_limit(string json, string? value, string rule)
    {
        SettingsReading reading = SettingsInput.ReadFile($$"""{ "Connection": { "RelayService": { "MaxData": {{json}} } } }""");

        ConfigError error = reading.Errors.Single();
        Assert.That((error.Path, error.Source, error.Value, error.Rule), Is.EqualTo(("Connection:RelayService:MaxData", "appsettings.json", value, rule)));
        Assert.That(error.Accepted, Does.EndWith("or the word unlimited"));
        Assert.That(() => reading.Settings, Throws.TypeOf<ConfigValidationException>());
    }

    [Test]
    public void The_word_unlimited_lifts_a_limit()
    {
        HostSettings settings = SettingsInput.ReadFile("""{ "Connection": { "RelayService": { "MaxData": "unlimited", "MaxDuration": "unlimited" } } }""").Settings;

        RelayServiceConfig relay = settings.Config.Connection.RelayService;
        Assert.That((relay.MaxData, relay.MaxDuration), Is.EqualTo(((long?)null, (TimeSpan?)null)));
    }

    [Test]
    public void A_null_covers_no_value_of_a_weaker_source()
    {
        IConfigurationRoot root = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Relay:Connection:RelayService:MaxData", "5")])
            .AddInMemoryCollection([new("Relay:Connection:RelayService:MaxData", null)])
            .Build();

        Assert.That(SettingsReading.Read(root.GetSection("Relay"), root).Errors.Single().Rule, Is.EqualTo("must not be null"));
    }

    [TestCase("""{ "Connection": 5 }""", "Connection", "is a section, not a value")]
    [TestCase("""{ "Connection": { "RelayService": "off" } }""", "Connection:RelayService", "is a section, not a value")]
    [TestCase("""{ "ListenAddresses": { "first": "/ip4/127.0.0.1/tcp/1" } }""", "ListenAddresses:first", "is not an item of a list")]
    [TestCase("""{ "ListenAddresses": [ null ] }""", "ListenAddresses:0", "must not be null")]
    [TestCase("""{ "ListenAddresses": [ { "a": 1 } ] }""", "ListenAddresses:0", "must not be null")]
    [TestCase("""{ "ListenAddresses": [ "/ip4/127.0.0.1/tcp/1", "x" ] }""", "ListenAddresses:1", "is not a multiaddress")]
    [TestCase("""{ "ListenAddresses": [ "none", "/ip4/127.0.0.1/tcp/1" ] }""", "ListenAddresses:0", "is not a multiaddress")]
    [TestCase("""{ "AnnounceAddresses": [ "" ] }""", "AnnounceAddresses", "must not be empty")]
    public void A_wrong_shape_is_an_error(string section, string path, string rule)
    {
        ConfigError error = SettingsInput.ReadFile(section).Errors.Single();

        Assert.That(error.Path, Is.EqualTo(path));
        Assert.That(error.Rule, Does.StartWith(rule));
    }

    [TestCase("{}")]
    [TestCase("""{ "Connection": {} }""")]
    [TestCase("""{ "Connection": { "RelayService": {} } }""")]
    public void An_empty_section_is_all_defaults(string section)
        => Assert.That(SettingsInput.ReadFile(section).Settings.Config.ToOptions(), Is.EqualTo(new Config().ToOptions()));

    [Test]
    public void Everything_that_is_wrong_is_said_at_once_contradictions_included()
    {
        const string Section = """
            {
              "Colour": "blue",
              "Connection": { "MaxConnections": "ten", "RelayService": { "MaxTotalCircuits": 8, "MaxCircuits": 9, "MaxDuration": "30", "MaxReservations": 0 } }
            }
            """;

        SettingsReading reading = SettingsInput.ReadFile(Section, "--relay-service-buffer-size=1", "--relay-service-max-reservations-per-ip=500", "--bogus");

        Assert.That(reading.Errors.Select(error => $"{error.Path} {error.Source}"), Is.EqualTo(new[]
        {
            "--bogus --bogus",
            "Colour appsettings.json",
            "Connection:MaxConnections appsettings.json",
            "Connection:RelayService:MaxDuration appsettings.json",
            "Connection:RelayService:BufferSize --relay-service-buffer-size",
            "Connection:RelayService:MaxReservations appsettings.json",
            "Connection:RelayService:MaxCircuits appsettings.json",
        }));
        Assert.That(reading.Errors[^1].Rule, Is.EqualTo("is more than MaxTotalCircuits (8)"));
        Assert.That(reading.Warnings, Is.Empty);
    }

    [TestCase("\"RelayService\": { \"MaxTotalCircuits\": 8, \"MaxCircuits\": 64 }", "Connection:RelayService:MaxCircuits")]
    [TestCase("\"RelayService\": { \"MaxReservations\": 4, \"MaxReservationsPerIp\": 8 }", "Connection:RelayService:MaxReservationsPerIp")]
    [TestCase("\"MaxConnections\": 8, \"MaxConnectionsPerIp\": 64", "Connection:MaxConnectionsPerIp")]
    [TestCase("\"RelayService\": { \"MaxTotalCircuits\": 8 }", null)]
    [TestCase("\"RelayService\": { \"MaxTotalCircuits\": 64, \"MaxCircuits\": 64 }", null)]
    [TestCase("\"RelayService\": { \"Disabled\": true, \"MaxTotalCircuits\": 8, \"MaxCircuits\": 64 }", null)]
    public void A_cap_that_is_written_contradicts_its_total_also_with_its_default_value(string connection, string? path)
        => Assert.That(
            SettingsInput.ReadFile($$"""{ "Connection": { {{connection}} } }""").Errors.Select(error => error.Path),
            Is.EqualTo(path is null ? [] : new[] { path }));

    [Test]
    public void An_empty_text_empties_a_list_only_where_it_may_be_JSONs_empty_array()
    {
        IConfigurationRoot root = new ConfigurationBuilder().Add(new OneKey { Stream = Stream.Null }).Build();

        Assert.That(SettingsReading.Read(root.GetSection("Relay"), root).Errors.Single().Rule, Is.EqualTo("must not be empty"));
        Assert.That(SettingsInput.ReadFile("""{ "AnnounceAddresses": [] }""").Errors, Is.Empty);
    }

    [Test]
    public void A_key_that_goes_between_two_looks_is_passed_over()
    {
        IConfigurationRoot root = new ConfigurationBuilder().Add(new GoneKey()).Build();

        Assert.That(SettingsReading.Read(root.GetSection("Relay"), root).Errors, Is.Empty);
    }

    private sealed class OneKey : StreamConfigurationSource
    {
        public override IConfigurationProvider Build(IConfigurationBuilder builder) => new Provider(this);

        private sealed class Provider(OneKey source) : StreamConfigurationProvider(source)
        {
            public override void Load(Stream stream) => Set("Relay:AnnounceAddresses", "");
        }
    }

    // Names a key that is not there any more when it is looked at.
    private sealed class GoneKey : ConfigurationProvider, IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) =>
            parentPath == "Relay" ? [.. earlierKeys, "Colour"] : earlierKeys;
    }

    [Test]
    public void A_warning_says_where_its_value_came_from()
    {
        SettingsReading reading = SettingsInput.ReadFile("""{ "Connection": { "RelayService": { "ReservationTtl": "59s", "MaxDuration": "59s" } } }""");

        ConfigWarning warning = reading.Warnings.Single();
        Assert.That(warning.ToString(), Does.StartWith("Connection:RelayService:ReservationTtl (appsettings.json): \"59s\" is too short"));
    }

    [Test]
    public void A_flag_wins_over_a_variable_over_a_file_over_the_default()
    {
        (string, string?)[] seen =
        [
            Read("{}", null),
            Read("""{ "MaxCircuits": 1 }""", null),
            Read("""{ "MaxCircuits": 1 }""", "2"),
            Read("""{ "MaxCircuits": 1 }""", "2", "--relay-service-max-circuits=3"),
        ];

        Assert.That(seen, Is.EqualTo(new[] { ("64", null), ("1", "JSON"), ("2", "EDGEVPN_RELAY_MAX_CIRCUITS"), ("3", "--relay-service-max-circuits") }));

        static (string, string?) Read(string relay, string? variable, params string[] args)
        {
            string json = $$"""{ "Relay": { "Connection": { "RelayService": {{relay}} } } }""";
            SettingsReading reading = SettingsInput.Read(args, name => name == "EDGEVPN_RELAY_MAX_CIRCUITS" ? variable : null, json);
            EffectiveSetting value = reading.Values.Single(value => value.Setting.Path == "Connection:RelayService:MaxCircuits");
            return (value.Value, value.Source is { } source && source.Contains("Json", StringComparison.Ordinal) ? "JSON" : value.Source);
        }
    }

    [Test]
    public void A_list_comes_whole_from_the_last_source_that_has_it()
    {
        SettingsReading reading = SettingsInput.ReadFile(
            """{ "ListenAddresses": [ "/ip4/127.0.0.1/tcp/1", "/ip4/127.0.0.1/tcp/2" ] }""", "--listen-maddrs=/ip4/127.0.0.1/tcp/3");

        Assert.That(reading.Settings.Config.ListenAddresses, Is.EqualTo(new[] { "/ip4/127.0.0.1/tcp/3" }));
        Assert.That(reading.Values.Single(value => value.Setting.Path == "ListenAddresses").Source, Is.EqualTo("--listen-maddrs"));
    }

    [TestCase("[]")]
    [TestCase("[ \"none\" ]")]
    [TestCase("\"none\"")]
    public void A_stronger_layer_can_empty_a_list(string none)
    {
        const string Weaker = """
            { "Relay": { "AnnounceAddresses": [ "/ip4/192.0.2.1/tcp/1" ], "Connection": { "RelayService": { "ExemptNetworks": [ "10.0.0.0/8", "::/0" ] } } } }
            """;
        string stronger = $$"""{ "Relay": { "AnnounceAddresses": {{none}}, "Connection": { "RelayService": { "ExemptNetworks": {{none}} } } } }""";
        IConfigurationRoot root = new ConfigurationBuilder()
            .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(Weaker)))
            .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(stronger)))
            .Build();

        Config config = SettingsReading.Read(root.GetSection("Relay"), root).Settings.Config;

        Assert.That((config.AnnounceAddresses, config.Connection.RelayService.ExemptNetworks), Is.EqualTo((Array.Empty<string>(), Array.Empty<string>())));
    }

    [Test]
    public void A_flag_and_a_variable_can_empty_a_list_with_a_word_and_not_with_nothing()
    {
        const string File = """{ "Relay": { "AnnounceAddresses": [ "/ip4/192.0.2.1/tcp/1" ] } }""";

        Assert.Multiple(() =>
        {
            Assert.That(SettingsInput.Read(["--announce-maddrs=none"], _ => null, File).Settings.Config.AnnounceAddresses, Is.Empty);
            Assert.That(SettingsInput.Read([], Announce("none"), File).Settings.Config.AnnounceAddresses, Is.Empty);
            Assert.That(SettingsInput.Read([], Announce(""), File).Errors.Single().Rule, Is.EqualTo("must not be empty"));
            Assert.That(SettingsInput.Read(["--announce-maddrs="], _ => null, File).Errors.Single().Rule, Is.EqualTo("must not be empty"));
        });

        static Func<string, string?> Announce(string value) => name => name == "EDGEVPNANNOUNCEMADDRS" ? value : null;
    }

    [TestCase("""{ "ListenAddresses": [], "Connection": { "RelayService": { "Disabled": true } } }""")]
    [TestCase("""{ "ListenAddresses": "none", "Connection": { "RelayService": { "Disabled": true } } }""")]
    public void To_listen_nowhere_is_another_thing_than_to_say_nothing(string section)
    {
        SettingsReading reading = SettingsInput.ReadFile(section);

        Assert.That(reading.Settings.Config.ToOptions().OfType<ListenAddressesOption>().Single().Addresses, Is.Empty);
        Assert.That(reading.Warnings, Is.Empty);
        Assert.That(reading.Values.Single(value => value.Setting.Path == "ListenAddresses").ToString(), Is.EqualTo("ListenAddresses = none (appsettings.json)"));
    }

    [Test]
    public void A_relay_service_that_nobody_can_dial_is_unwise_and_so_is_a_public_node()
    {
        SettingsReading reading = SettingsInput.ReadFile("""{ "ListenAddresses": [], "Connection": { "Reachability": "public" } }""");

        Assert.That(reading.Warnings.Select(warning => warning.Path), Is.EqualTo(new[] { "Connection:Reachability", "ListenAddresses" }));
    }

    [Test]
    public void The_relay_service_flag_covers_Disabled_of_a_file()
    {
        SettingsReading reading = SettingsInput.ReadFile("""{ "Connection": { "RelayService": { "Disabled": true } } }""", "--relay-service");

        Assert.That(reading.Settings.Config.Connection.RelayService.Disabled, Is.False);
        Assert.That(reading.Values.Single(value => value.Setting.IsNegated).ToString(), Is.EqualTo("Connection:RelayService:Disabled = false (--relay-service)"));
        Assert.That(
            SettingsInput.ReadFile("""{ "Connection": { "RelayService": { "Disabled": true } } }""").Settings.Config.Connection.RelayService.Disabled, Is.True);
    }

    [Test]
    public void The_forms_of_the_stock_providers_are_read_and_named()
    {
        const string Variable = "RELAYTEST_Relay__Connection__RelayService__MaxData";
        Environment.SetEnvironmentVariable(Variable, "0");
        try
        {
            IConfigurationRoot root = new ConfigurationBuilder()
                .AddEnvironmentVariables("RELAYTEST_")
                .AddCommandLine(["--Relay:Connection:RelayService:MaxCircuits=0"])
                .Build();
            IConfigurationRoot host = new ConfigurationBuilder().AddConfiguration(root).Build(); // as a host chains them

            Assert.That(SettingsReading.Read(host.GetSection("Relay"), host).Errors.Select(error => error.Source), Is.EqualTo(new[]
            {
                Variable,
                "--Relay:Connection:RelayService:MaxCircuits",
            }));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    [Test]
    public void A_section_without_its_root_is_read_all_the_same_and_values_are_named_by_their_key()
    {
        IConfigurationRoot root = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("Relay:Connection:RelayService:MaxData", "5"),
            new("Relay:Connection:RelayService:MaxCircuits", "0"),
            new("Relay:Connection:RelayService:MaxDuration", null),
            new("Relay:ListenAddresses:0", "/ip4/127.0.0.1/tcp/1"),
            new("Relay:Colour", "blue"),
        ]).Build();

        SettingsReading reading = SettingsReading.Read(root.GetSection("Relay"));

        Assert.That(reading.Errors.Select(error => error.Source), Is.EqualTo(new[]
        {
            "Relay:Colour", "Relay:Connection:RelayService:MaxDuration", "Relay:Connection:RelayService:MaxCircuits",
        }));
        Assert.That(reading.Values.Single(value => value.Setting.Path == "ListenAddresses").Value, Is.EqualTo("/ip4/127.0.0.1/tcp/1"));
    }

    [Test]
    public void A_section_of_another_configuration_than_the_root_is_read_and_not_the_roots()
    {
        IConfigurationRoot root = new ConfigurationBuilder().AddInMemoryCollection([new("Relay:Connection:RelayService:MaxData", "1GiB")]).Build();
        IConfigurationRoot other = new ConfigurationBuilder().AddInMemoryCollection([new("Relay:Connection:RelayService:MaxData", "5")]).Build();

        SettingsReading reading = SettingsReading.Read(other.GetSection("Relay"), root);

        Assert.That(reading.Settings.Config.Connection.RelayService.MaxData, Is.EqualTo(5));
        Assert.That(reading.Values.Single(value => value.Source is not null).Source, Is.EqualTo("Relay:Connection:RelayService:MaxData"));
    }

    [Test]
    public void Keys_are_read_in_any_case()
        => Assert.That(
            SettingsInput.ReadFile("""{ "CONNECTION": { "relayservice": { "maxdata": 7 } } }""").Settings.Config.Connection.RelayService.MaxData, Is.EqualTo(7));
}
