using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Relay.Interop.Tests.Nodes;
using Relay.Interop.Tests.Peer;
using Relay.Interop.Tests.Scenarios;
using Relay.TestKit;

namespace Relay.Interop.Tests;

/// <summary>A relay in a real host, whose appsettings.json is written again while js-libp2p peers use it.</summary>
public sealed class HostedReloadTests : InteropTest
{
    [Test]
    public async Task New_limits_are_on_the_wire_at_once_and_a_circuit_that_is_open_keeps_its_own()
    {
        const int Old = 100_000;
        const int New = 1000;
        using var directory = new TemporaryDirectory();
        directory.Write("appsettings.json", Settings(Old, "30m"));
        var log = new RecordingLogger();
        using IHost host = Build(directory, log);
        await host.StartAsync().InTime();
        RelayNode relay = host.Services.GetRequiredService<RelayNode>();
        (JsPeer source, JsPeer destination) = await StartTwoAsync();
        RawCircuit before = await RawCircuit.OpenAsync(relay.Address(), source, destination);
        Assert.That((before.Connected.Limit?.Data, before.Connected.Limit?.Duration), Is.EqualTo(((long?)Old, (long?)1800)));

        directory.Write("appsettings.json", Settings(New, "20m"));
        await Eventually.EqualsAsync(New, () => relay.Relay!.Options.MaxData, "the data limit");

        RawCircuit after = await RawCircuit.ConnectAsync(relay.Address(), source, destination);
        Assert.That((after.Connected.Limit?.Data, after.Connected.Limit?.Duration), Is.EqualTo(((long?)New, (long?)1200)), "what new circuits are told");
        CircuitMessage renewed = await destination.ReserveAsync(relay.Address());
        Assert.That((renewed.Limit?.Data, renewed.Limit?.Duration), Is.EqualTo(((long?)New, (long?)1200)), "what reservations are told");
        await LimitScenarios.ResetsOneOverAsync(after, New);
        await LimitScenarios.DeliversExactlyAsync(before, Old);
        await LimitScenarios.DeliversExactlyAsync(before.Reversed(), Old);

        directory.Write("appsettings.json", Settings(0, "20m"));
        await Eventually.TrueAsync(() => log.Entries.Any(entry => entry.Level == LogLevel.Error), "whether the bad change is logged");
        Assert.That((await RawCircuit.ConnectAsync(relay.Address(), source, destination)).Connected.Limit?.Data, Is.EqualTo(New));
        await host.StopAsync().InTime();
    }

    private static IHost Build(TemporaryDirectory directory, RecordingLogger log)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddJsonFile(directory["appsettings.json"], optional: false, reloadOnChange: true);
        builder.Services.AddRelayNode(builder.Configuration.GetSection("Relay"));
        builder.Services.AddSingleton<ILoggerFactory>(log);
        return builder.Build();
    }

    private static string Settings(int maxData, string maxDuration) => $$"""
        {
          "Relay": {
            "ListenAddresses": [ "{{AnyPort}}" ],
            "Connection": { "RelayService": { "NetworkOnly": false, "MaxData": {{maxData}}, "MaxDuration": "{{maxDuration}}" } }
          }
        }
        """;
}
