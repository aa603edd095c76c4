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
        string file = Path.Combine(SourceTree.Root, "docs", "configuration.md");
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

            Every setting of a relay host: its path below the configuration section `Relay` (and the property of `Config`, for those that are one), its flag
            and its environment variable. This page is made from the settings table, which is also what `RelayHost --help` prints.

            ```json
            { "Relay": { "ListenAddresses": [ "/ip4/0.0.0.0/tcp/4001" ], "Connection": { "RelayService": { "MaxData": "2GiB", "MaxDuration": "45m" } } } }
            ```

            A flag wins over a variable, a variable over a file, a file over the default; `RelayHost --print-config` shows each effective value and where it
            came from. Beside the variables named here, a host that reads its environment the usual .NET way takes `Relay__Connection__RelayService__MaxData`
            and the like. A list is an array or one text with commas; it comes whole from the strongest source that has it, and `[]` in a JSON
            file, or the word `none` anywhere, is a list of none; of `ListenAddresses`, that listens nowhere. (.NET cannot tell `""` in a JSON file from `[]`.)

            Reading is strict. A key that is not on this page is an error, with the nearest name that is. So is a value that cannot be read or is out of
            range, an empty one, a null, and a cap above its total: each is reported with its path, where it came from and what is accepted, all at once.
            Only the word `unlimited` lifts a limit. What works and is unwise is a warning.

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

        page.Append(
            """

            ## Where it differs from EdgeVPN

            Flags, variables and defaults that EdgeVPN has are EdgeVPN's. On purpose, these are not: a wrong value must never widen a limit.

            | value | EdgeVPN | here |
            |---|---|---|

            """);
        foreach ((string value, string there, string here) in EdgeVpnParity.Exceptions)
            page.Append($"| {value} | {there} | {here} |\n");
        return page.ToString();
    }
}
