using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Relay.Circuit;
using Relay.Tests.Nodes;

namespace Relay.Tests.Telemetry;

/// <summary>What <c>docs/operations.md</c> lists is what there is.</summary>
[TestFixture]
internal sealed partial class OperationsDocTests : NodeTest
{
    private const string Refusals = "What each refusal means and what to do";

    private static readonly string Page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "operations.md"));

    [Test]
    public void The_page_lists_every_instrument_and_none_that_is_not_published()
    {
        var published = new List<string>();
        RelayNode node = Build(CreateConfig(), builder => builder.WithMembership(new StaticMembershipSource([])));
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter == node.Telemetry.Meter)
                    published.Add(instrument.Name);
            },
        };
        listener.Start();

        Assert.That(FirstColumn("Metrics"), Is.EquivalentTo(published).And.Length.GreaterThan(8));
    }

    [Test]
    public void The_page_lists_every_reason_code()
        => Assert.That(FirstColumn("Reason codes"), Is.EquivalentTo(Enum.GetNames<ReasonCode>().Except([nameof(ReasonCode.None)])));

    [Test]
    public void The_page_says_of_every_refusal_and_end_what_to_do()
    {
        string[] grants = [nameof(ReasonCode.None), nameof(ReasonCode.Reserved), nameof(ReasonCode.Renewed), nameof(ReasonCode.CircuitAdmitted)];
        Assert.That(FirstColumn(Refusals), Is.EquivalentTo(Enum.GetNames<ReasonCode>().Except(grants)));
    }

    [Test]
    public void The_settings_and_statuses_that_the_page_sends_to_exist()
    {
        HashSet<string> statuses = [.. Enum.GetNames<Status>().Select(name => Capital().Replace(name, "_$0").TrimStart('_').ToUpperInvariant()), "-"];
        HashSet<string> names =
        [
            .. typeof(RelayServiceConfig).GetProperties().Select(property => property.Name),
            .. typeof(CircuitRelay).GetMethods().Select(method => method.Name),
        ];
        foreach (string[] cells in Section(Refusals).Split('\n').Where(line => Row().IsMatch(line)).Select(line => line.Split('|', StringSplitOptions.TrimEntries)))
        {
            Assert.That(statuses, Does.Contain(cells[2]), cells[1]);
            Assert.That(Quoted().Matches(cells[3]).Select(match => match.Groups[1].Value), Is.SubsetOf(names), cells[1]);
        }
    }

    [Test]
    public void The_page_lists_every_cause()
        => Assert.That(
            Enum.GetNames<CircuitEnd>().Except([nameof(CircuitEnd.None)]),
            Has.All.Matches<string>(cause => Section("Metrics").Contains($"`{cause}`", StringComparison.Ordinal)));

    private static string[] FirstColumn(string section) => [.. Row().Matches(Section(section)).Select(match => match.Groups[1].Value)];

    private static string Section(string title) => Page.Split("\n## ").Single(part => part.StartsWith(title + "\n", StringComparison.Ordinal));

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();

    [GeneratedRegex(@"^\| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
