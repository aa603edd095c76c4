using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Relay.Tests;

/// <summary>Relay.Config -> Relay.Circuit, Relay.Libp2p -> Relay.Multiformats. Never back, never sideways.</summary>
internal sealed partial class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Relay.Multiformats"] = [],
        ["Relay.Circuit"] = ["Relay.Multiformats"],
        ["Relay.Libp2p"] = ["Relay.Multiformats"],
        ["Relay.Config"] = ["Relay.Circuit", "Relay.Libp2p", "Relay.Multiformats"],
    };

    [TestCaseSource(nameof(Names))]
    public void An_assembly_uses_only_those_its_arrows_point_to(string name)
    {
        IEnumerable<string?> used = Assembly.Load(name).GetReferencedAssemblies().Select(reference => reference.Name);

        Assert.That(used.Where(reference => reference!.StartsWith("Relay.", StringComparison.Ordinal)), Is.SubsetOf(Arrows[name]));
    }

    [TestCaseSource(nameof(Names))]
    public void A_project_refers_only_to_those_its_arrows_point_to(string name)
    {
        XDocument project = XDocument.Load(Path.Combine(SourceTree.Root, "src", name, name + ".csproj"));
        IEnumerable<string> references = project.Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

        Assert.That(references, Is.SubsetOf(Arrows[name]));
    }

    [Test]
    public void Every_shipped_project_has_its_arrows_here()
        => Assert.That(Directory.GetDirectories(Path.Combine(SourceTree.Root, "src")).Select(Path.GetFileName), Is.EquivalentTo(Arrows.Keys));

    [Test]
    public void No_namespace_collides_with_the_type_Relay_Config()
    {
        string[] files = [.. Directory.EnumerateFiles(SourceTree.Root, "*.cs", SearchOption.AllDirectories).Where(IsOurs)];

        Assert.That(files, Is.Not.Empty);
        Assert.That(files.Where(file => CollidingNamespace().IsMatch(File.ReadAllText(file))), Is.Empty);
        Assert.That(typeof(Config).Assembly.GetTypes().Select(type => type.Namespace ?? ""), Has.None.StartsWith("Relay.Config"));
        Assert.That(typeof(ArchitectureTests).Assembly.GetTypes().Select(type => type.Namespace ?? ""), Has.None.StartsWith("Relay.Config"));
    }

    [TestCase("namespace Relay.Config;")]
    [TestCase("namespace Relay.Config.Tests\n{")]
    public void The_search_for_colliding_namespaces_finds_them(string text) => Assert.That(CollidingNamespace().IsMatch(text), Is.True);

    private static IEnumerable<string> Names => Arrows.Keys;

    [GeneratedRegex(@"^\s*namespace\s+Relay\.Config\b", RegexOptions.Multiline)]
    private static partial Regex CollidingNamespace();

    private static bool IsOurs(string file)
    {
        string[] parts = Path.GetRelativePath(SourceTree.Root, file).Split(Path.DirectorySeparatorChar);
        return !parts.Contains("artifacts") && !parts.Contains("node_modules");
    }
}
