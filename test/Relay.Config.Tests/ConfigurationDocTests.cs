using System.Text;
using Relay.Settings;

namespace Relay.Tests;

/// <summary>
/// <c>docs/configuration.md</c> is made from the settings table. When this test fails, run it once with the environment variable RELAY_WRITE_DOCS=1.
/// </summary>
[TestFixture]
internal sealed class ConfigurationDocTests
{
    [Test]
    public void The_configuration_page_says_what_the_settings_table_says()
    {
        string file = Path.Combine(FindRoot(), "docs", "configuration.md");
        string expected = Render();
        if (Environment.GetEnvironmentVariable("RELAY_WRITE_DOCS") == "1")
            File.WriteAllText(file, expected);
        Assert.That(File.ReadAllText(file), Is.EqualTo(expected));
    }

    private static string Render()
    {
        var page = new StringBuilder();
        page.Append(
            """
            # Configuration

            Every setting of a relay host: its path below the configuration section (the property of `Config`, for those that are one), its flag and its
            environment variable. A flag wins over its variable, a variable over the default. An empty value is an error, and so is one out of range; nothing
            falls back silently. This page is made from the settings table, which is also what `RelayHost --help` prints.

            """);
        foreach (Setting row in SettingsTable.Rows)
        {
            page.Append($"\n## `{row.Path}`\n\n{row.Description}\n\n");
            page.Append($"- flag `{row.Flag}`{(row.IsRepeatable ? ", repeatable" : "")}{(row.IsNegated ? ", which says the opposite of the path" : "")}\n");
            page.Append($"- variable `{row.Variable}`\n");
            page.Append($"- type: {row.Type}{(row.Unit.Length > 0 ? $", in {row.Unit}" : "")}{(row.Range.Length > 0 ? $", {row.Range}" : "")}\n");
            page.Append($"- accepted: {row.Accepted}\n");
            page.Append($"- default: {(row.Default.Length > 0 ? $"`{row.Default}`" : row.WhenEmpty)}; {row.Reason}\n");
            page.Append($"- changes: {(row.IsLive ? "while the node runs" : "with a restart")}\n");
        }

        return page.ToString();
    }

    private static string FindRoot()
    {
        string? directory = TestContext.CurrentContext.TestDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Relay.Config.sln")))
            directory = Path.GetDirectoryName(directory);
        return directory ?? throw new InvalidOperationException("The tests do not run below the repository.");
    }
}
