using Microsoft.Extensions.Configuration;
using Relay.Settings;
using RelayHost;

namespace Relay.Tests;

internal sealed class RelayHostArgumentsTests
{
    [Test]
    public void Help_prints_the_whole_table_on_standard_output_and_ends_well()
    {
        (int? exitCode, string output, string errors) = Read("--help");

        Assert.Multiple(() =>
        {
            Assert.That((exitCode, errors), Is.EqualTo((0, "")));
            foreach (Setting row in SettingsTable.Rows)
                Assert.That(output, Does.Contain($"  {row.Flag}  {row.Variable}").And.Contain(row.Description.Split(' ')[0]));
            Assert.That(output.Split('\n'), Has.All.Length.LessThanOrEqualTo(100));
        });
    }

    [Test]
    public void Each_wrong_value_is_a_line_on_standard_error_and_the_exit_code_is_2()
    {
        (int? exitCode, string output, string errors) = Read("--relay-service-max-circuits=0", "--relay-service-max-duration=30", "--unknown");

        string[] lines = errors.TrimEnd().Split(Environment.NewLine);
        Assert.Multiple(() =>
        {
            Assert.That((exitCode, output), Is.EqualTo((2, "")));
            Assert.That(lines, Has.Length.EqualTo(3));
            Assert.That(lines, Has.All.Contains("Accepted: "));
            Assert.That(lines, Has.One.StartsWith("Connection:RelayService:MaxCircuits (--relay-service-max-circuits): \"0\" must be at least 1."));
        });
    }

    [Test]
    public void A_relay_for_members_only_without_members_says_both_ways_out()
    {
        (int? exitCode, _, string errors) = Read();

        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That(errors, Does.Contain("--members-file").And.Contain("--relay-service-network-only=false"));
    }

    [Test]
    public void An_error_about_a_value_that_is_not_there_reads_as_one()
        => Assert.That(Read().Errors, Does.StartWith("MembersFile: must be set: the relay is for members only. Accepted: --members-file, "));

    [TestCase("--members-file=members.txt")]
    [TestCase("--relay-service-network-only=false")]
    [TestCase("--relay-service=false")]
    public void With_members_or_open_or_disabled_it_goes_on(string arg)
    {
        (int? exitCode, string output, string errors) = Read(arg);

        Assert.That((exitCode, output, errors), Is.EqualTo(((int?)null, "", "")));
    }

    [Test]
    public void Print_config_prints_each_effective_value_and_where_it_came_from()
    {
        string file = WriteFile("""{ "Relay": { "Connection": { "RelayService": { "MaxData": "2GiB", "ReservationTtl": "30s", "MaxDuration": "30s" } } } }""");

        (int? exitCode, string output, string errors) = Read("--config", file, "--relay-service=false", "--print-config");

        string[] lines = output.TrimEnd().Split(Environment.NewLine);
        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero);
            Assert.That(lines, Has.Length.EqualTo(SettingsTable.Rows.Length));
            Assert.That(lines, Has.One.EqualTo("ListenAddresses = /ip4/0.0.0.0/tcp/0 (default)"));
            Assert.That(lines, Has.One.EqualTo("Connection:RelayService:Disabled = true (--relay-service)"));
            Assert.That(lines, Has.One.EqualTo($"Connection:RelayService:MaxData = 2GiB ({Path.GetFileName(file)})"));
            Assert.That(lines, Has.One.EqualTo("Connection:RelayService:MaxCircuits = 64 (default)"));
            Assert.That(errors, Does.StartWith("Warning: Connection:RelayService:ReservationTtl").And.Contain(Path.GetFileName(file)));
        });
    }

    [TestCase("{ \"Realy\": { } }", "has no section Relay")]
    [TestCase("{ \"Relay\": ", "Could not parse")]
    [TestCase(null, "not found")]
    public void A_file_that_cannot_be_used_ends_it_with_one_line(string? json, string problem)
    {
        string file = json is null ? "no-such-file.json" : WriteFile(json);

        (int? exitCode, string output, string errors) = Read("--config", file, "--members-file=m");

        Assert.That((exitCode, output, errors.Count(c => c == '\n')), Is.EqualTo((2, "", 1)), errors);
        Assert.That(errors, Does.Contain("--config").And.Contain(problem));
    }

    private static string WriteFile(string json)
    {
        string file = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{TestContext.CurrentContext.Test.ID}.json");
        File.WriteAllText(file, json);
        return file;
    }

    private static (int? ExitCode, string Output, string Errors) Read(params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        (IConfigurationRoot? configuration, int exitCode) = Arguments.Read(args, () => new Dictionary<string, string>(), output, errors);
        return (configuration is null ? exitCode : null, output.ToString(), errors.ToString());
    }
}
