using System.Reflection;
using System.Text.RegularExpressions;
using Relay.TestKit.Contracts;

namespace Relay.Circuit.Tests;

/// <summary>docs/spec-notes.md names the test behind each of its rows; this holds it to that.</summary>
[TestFixture]
internal sealed partial class SpecNotesTests
{
    [Test]
    public void Every_test_the_notes_name_exists()
    {
        string[] rows = [.. File.ReadLines(Path.Combine(Root(), "docs", "spec-notes.md")).Where(line => TableRow().IsMatch(line))];
        Assert.That(rows.Select(row => int.Parse(row.Split('|')[1])), Is.EqualTo(Enumerable.Range(1, 27)));

        foreach (string row in rows)
        {
            foreach (Match name in Quoted().Matches(row.Split('|')[^2]))
                Assert.That(Exists(name.Groups[1].Value), Is.True, $"no test {name.Groups[1].Value}");
        }
    }

    private static bool Exists(string name)
    {
        Type[] fixtures = typeof(SpecNotesTests).Assembly.GetTypes();
        if (fixtures.Any(t => t.Name == name))
            return true;
        if (Directory.EnumerateFiles(Path.Combine(Root(), "test"), $"{name}.cs", SearchOption.AllDirectories).Any())
            return true; // a fixture of another project

        string[] parts = name.Split('.');
        Type? fixture = parts.Length == 1 ? typeof(CircuitRelayContract) : fixtures.SingleOrDefault(t => t.Name == parts[0]);
        return fixture?.GetMethod(parts[^1], BindingFlags.Instance | BindingFlags.Public) is not null;
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Relay.Config.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException("The tests do not run inside the tree.");
    }

    [GeneratedRegex(@"^\| \d+ \|")]
    private static partial Regex TableRow();

    [GeneratedRegex("`([A-Za-z_0-9.]+)`")]
    private static partial Regex Quoted();
}
