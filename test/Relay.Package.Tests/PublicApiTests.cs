using System.Reflection;
using PublicApiGenerator;

namespace Packages.Tests;

/// <summary>
/// What each package shows the world is in <c>PublicApi/</c>, so that no change of it goes unnoticed. When a test fails and the change is meant, run it once with
/// the environment variable RELAY_WRITE_DOCS=1.
/// </summary>
internal sealed class PublicApiTests
{
    private static readonly ApiGeneratorOptions Options = new()
    {
        IncludeAssemblyAttributes = false,
        ExcludeAttributes = ["System.Diagnostics.DebuggerDisplayAttribute"],
    };

    [TestCaseSource(typeof(Tree), nameof(Tree.Packages))]
    public void The_public_api_is_the_approved_one(string package)
    {
        string file = Tree.PathOf("test", "Relay.Package.Tests", "PublicApi", package + ".txt");
        string api = Assembly.Load(package).GeneratePublicApi(Options).ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable("RELAY_WRITE_DOCS") == "1")
            File.WriteAllText(file, api);

        Assert.That(File.Exists(file), Is.True, file);
        Assert.That(File.ReadAllText(file), Is.EqualTo(api));
    }
}
