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
            Assert.That(lines, Has.One.StartsWith("--relay-service-max-circuits: \"0\" must be at least 1."));
        });
    }

    [Test]
    public void A_relay_for_members_only_without_members_says_both_ways_out()
    {
        (int? exitCode, _, string errors) = Read();

        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That(errors, Does.Contain("--members-file").And.Contain("--relay-service-network-only=false"));
    }

    [TestCase("--members-file=members.txt")]
    [TestCase("--relay-service-network-only=false")]
    [TestCase("--relay-service=false")]
    public void With_members_or_open_or_disabled_it_goes_on(string arg)
    {
        (int? exitCode, string output, string errors) = Read(arg);

        Assert.That((exitCode, output, errors), Is.EqualTo(((int?)null, "", "")));
    }

    private static (int? ExitCode, string Output, string Errors) Read(params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int? exitCode = Arguments.Read(new HostSettings(), args, _ => null, output, errors);
        return (exitCode, output.ToString(), errors.ToString());
    }
}
