using Relay.Interop.Tests.Daemon;
using Relay.Multiformats;
using Relay.TestKit.Conformance;

namespace Relay.Conformance;

/// <summary>
/// The conformance cases against a relay: ours, as samples/RelayHost runs it, or the one whose address is in the environment variable RELAY_ADDRESS, which may
/// be any relay that the machine can reach. Needs no npm.
/// </summary>
[Category("Conformance")]
public sealed class ConformanceTests
{
    private static RelayHostProcess? _host;
    private static string _address = "";

    private static IEnumerable<ConformanceCase> Cases => ConformanceCases.All;

    [OneTimeSetUp]
    public static async Task FindRelayAsync()
    {
        if (Environment.GetEnvironmentVariable("RELAY_ADDRESS") is { Length: > 0 } address)
        {
            _address = address;
            return;
        }

        _host = RelayHostProcess.Start(
            ["--relay-service-network-only=false", "--listen-maddrs", "/ip4/127.0.0.1/tcp/0", "--relay-service-max-data=100000", "--relay-service-max-reservations-per-ip=128"]);
        _address = await _host.ListeningAsync();
    }

    [OneTimeTearDown]
    public static async Task StopRelayAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
    }

    [TestCaseSource(nameof(Cases))]
    public async Task The_relay_conforms(ConformanceCase one)
    {
        await using var relay = new ProbedRelay(Multiaddress.Parse(_address));
        try
        {
            await one.RunAsync(relay);
        }
        catch (ConformanceException e) when (e.IsUndecided)
        {
            Assert.Ignore(e.Message);
        }
        catch (ConformanceException e)
        {
            Assert.Fail(e.Message);
        }
    }
}
