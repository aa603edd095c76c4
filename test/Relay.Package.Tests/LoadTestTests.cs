namespace Packages.Tests;

/// <summary>The load test as a process of its own, at its smallest: that it still runs, not what it measures.</summary>
internal sealed class LoadTestTests
{
    [Test]
    public async Task Every_scenario_of_a_running_relay_can_be_measured()
    {
        var configuration = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string program = Path.Combine(configuration.Parent!.Parent!.FullName, "Relay.LoadTest", configuration.Name, "Relay.LoadTest.dll");
        string results = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string output = await Tool.RunAsync(AppContext.BaseDirectory, "dotnet",
            [
                program, "--relays", "own", "--rounds", "1", "--scenarios", "bulk-raw,bulk-full,reserve,arrive,latency", "--circuits", "2", "--megabytes", "1",
                "--concurrency", "2", "--requests", "10", "--new-peers", "4", "--pings", "10", "--ping-seconds", "1", "--load-circuits", "2", "--out", results,
            ]);

            foreach (string scenario in new[] { "bulk-raw", "bulk-full", "reserve", "arrive", "latency" })
                Assert.That(output, Does.Contain($"| {scenario}"), "a row of the table");
            Assert.That(Directory.GetFiles(results).Select(Path.GetFileName), Is.EquivalentTo(new[] { "results.json", "results.md", "results.svg" }));
        }
        finally
        {
            Directory.Delete(results, recursive: true);
        }
    }
}
