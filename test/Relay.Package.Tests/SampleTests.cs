using System.Diagnostics;
using Relay.TestKit;

namespace Packages.Tests;

/// <summary>The samples, each as a process of its own, as somebody who has cloned the tree runs them.</summary>
internal sealed class SampleTests
{
    private static readonly HttpClient Http = new();

    [Test]
    public async Task Members_come_from_the_database_and_access_control_of_ones_own_stands_beside_it()
    {
        string output = await Tool.RunAsync(AppContext.BaseDirectory, "dotnet", [Path.Combine(AppContext.BaseDirectory, "MembersFromDatabase.dll")]);

        Assert.That(output.Split('\n').Select(line => line.Trim()).Take(4), Is.EqualTo(new[]
        {
            "not in the table: refused",
            "in the table: admitted",
            "banned: refused",
            "removed from the table: refused",
        }));
    }

    [Test]
    public async Task A_relay_in_an_ASP_NET_Core_application_answers_for_its_health_and_publishes_its_metrics()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "members.txt"), "12D3KooWA4Xop1JaT3MHxwYMkCepYsv4iPVopMXwCz5iHYdBfeSB\n");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "HostedRelay.dll"), "--contentRoot", folder])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        };
        File.Copy(Tree.PathOf("samples", "HostedRelay", "appsettings.json"), Path.Combine(folder, "appsettings.json"));
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["Relay__ListenAddresses__0"] = "/ip4/127.0.0.1/tcp/0"; // beside whoever else uses 4001
        using Process process = Process.Start(start)!;
        try
        {
            var lines = new List<string>();
            string address = await ReadUntilAsync(process, lines, "Now listening on: ").InTime();

            Assert.That(await Http.GetStringAsync(address + "/health").InTime(), Is.EqualTo("Healthy"));
            Assert.That(await Http.GetStringAsync(address + "/relay").InTime(), Does.Contain("/ip4/127.0.0.1/tcp/").And.Contain("\"members\":1"));

            using Process terminate = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            string rest = await process.StandardOutput.ReadToEndAsync().InTime();
            await process.WaitForExitAsync().InTime();
            Assert.That(process.ExitCode, Is.Zero);
            Assert.That(string.Join('\n', lines) + rest, Does.Contain("Metric Name: relay.bytes").And.Contain("Name: Relay.Config"));
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
            await process.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> ReadUntilAsync(Process process, List<string> lines, string marker)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            int at = line.IndexOf(marker, StringComparison.Ordinal);
            if (at >= 0)
                return line[(at + marker.Length)..].Trim();
        }

        throw new InvalidOperationException($"It ended before it said {marker}:\n{string.Join('\n', lines)}");
    }
}
