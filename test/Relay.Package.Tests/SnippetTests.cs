using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Relay;
using Relay.Settings;

namespace Packages.Tests;

/// <summary>
/// Every C# snippet of the README and the docs is a region of a compiled file that a test runs: of <c>Snippets/</c> here, or of a sample. The first of the README is a
/// whole program; <see cref="PackageTests"/> builds and runs it.
/// </summary>
internal sealed partial class SnippetTests
{
    private static IEnumerable<TestCaseData> Snippets => Blocks(CodeBlock());

    [TestCaseSource(nameof(Snippets))]
    public void A_snippet_is_a_region_of_a_file_that_is_compiled(string snippet)
    {
        // Its using directives stand at the top of the file.
        string[] lines = snippet.TrimEnd().Split('\n');
        string[] usings = [.. lines.TakeWhile(line => line.StartsWith("using ", StringComparison.Ordinal) && line.EndsWith(';') && !line.Contains('='))];
        string body = string.Join('\n', lines.Skip(usings.Length)).Trim('\n');

        Assert.That(Regions().Any(region => region.Text == body && usings.All(region.File.Contains)), Is.True, $"no region is\n{body}");
    }

    [Test]
    public void Every_region_is_in_the_docs()
    {
        string[] bodies = [.. Snippets.Select(snippet => (string)snippet.Arguments[0]!)];

        Assert.That(Regions().Where(region => !bodies.Any(body => body.Contains(region.Text, StringComparison.Ordinal))).Select(region => region.Name), Is.Empty);
    }

    [TestCaseSource(nameof(Configurations))]
    public void A_configuration_in_the_docs_is_valid_to_the_letter(string json)
    {
        IConfigurationRoot root = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();

        SettingsReading reading = SettingsReading.Read(root.GetSection("Relay"), root);

        Assert.That((reading.Errors, reading.Warnings), Is.EqualTo((ImmutableArray<ConfigError>.Empty, ImmutableArray<ConfigWarning>.Empty)));
        Assert.That(reading.Values.Any(value => value.Source is not null), Is.True, "it sets something");
    }

    private static IEnumerable<TestCaseData> Configurations => Blocks(JsonBlock());

    private static IEnumerable<(string Name, string Text, string File)> Regions()
    {
        string[] files =
        [
            .. Directory.GetFiles(Tree.PathOf("test", "Relay.Package.Tests", "Snippets"), "*.cs"),
            .. Directory.GetFiles(Tree.PathOf("samples"), "*.cs", SearchOption.AllDirectories),
        ];
        foreach (string file in files)
        {
            string text = File.ReadAllText(file);
            foreach (Match region in Region().Matches(text))
                yield return (region.Groups[1].Value.Trim(), Dedent(region.Groups[2].Value), text);
        }
    }

    private static IEnumerable<TestCaseData> Blocks(Regex kind)
    {
        foreach (string page in Directory.GetFiles(Tree.PathOf("docs"), "*.md").Prepend(Tree.PathOf("README.md")))
        {
            int number = 0;
            foreach (Match match in kind.Matches(File.ReadAllText(page)))
                yield return new TestCaseData(match.Groups[1].Value).SetArgDisplayNames($"{Path.GetFileName(page)} {++number}");
        }
    }

    private static string Dedent(string text)
    {
        string[] lines = text.Trim('\n').Split('\n');
        int depth = lines.Where(line => line.Trim().Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length > depth ? line[depth..] : line.Trim())).Trim('\n');
    }

    [GeneratedRegex("```csharp\n(.+?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("```json\n(.+?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();

    [GeneratedRegex(@"^ *#region ([^\n]+)\n(.+?)^ *#endregion", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Region();
}
