using System.IO.Compression;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Packages.Tests;

/// <summary>The packages as somebody gets them: packed, looked into, and installed from a folder into an application outside of the tree.</summary>
internal sealed partial class PackageTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("relay-packages-").FullName;

    [OneTimeSetUp]
    public async Task PackAsync()
    {
        foreach (string package in Tree.Packages)
        {
            // Its own output folder: the tree may be building at the same time.
            string project = Tree.PathOf("src", package, package + ".csproj");
            await Tool.RunAsync(_folder, "dotnet", ["pack", project, "-warnaserror", "-nologo", "--artifacts-path", Of("build"), "-o", Of("feed")]);
        }
    }

    [OneTimeTearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCaseSource(typeof(Tree), nameof(Tree.Packages))]
    public void A_package_has_all_that_belongs_into_one(string package)
    {
        using ZipArchive zip = Open(package, "nupkg");
        string[] files = [.. zip.Entries.Select(entry => entry.FullName)];
        XElement metadata = Metadata(zip);
        Assert.Multiple(() =>
        {
            Assert.That(files, Is.SupersetOf(new[] { "README.md", "icon.png", $"lib/net10.0/{package}.dll", $"lib/net10.0/{package}.xml" }));
            Assert.That((string?)Element(metadata, "license"), Is.EqualTo("MIT"));
            Assert.That((string?)Element(metadata, "readme"), Is.EqualTo("README.md"));
            Assert.That((string?)Element(metadata, "icon"), Is.EqualTo("icon.png"));
            Assert.That((string?)Element(metadata, "tags"), Does.Contain("libp2p").And.Contain("circuit-relay"));
            Assert.That((string?)Element(metadata, "description"), Has.Length.GreaterThan(40));
            Assert.That((string?)Element(metadata, "description"), Is.Not.EqualTo("Package Description"));
        });

        using ZipArchive symbols = Open(package, "snupkg");
        Assert.That(symbols.Entries.Select(entry => entry.FullName), Has.One.EqualTo($"lib/net10.0/{package}.pdb"));
    }

    [TestCaseSource(typeof(Tree), nameof(Tree.Packages))]
    public void An_assembly_is_built_deterministically(string package)
    {
        using ZipArchive zip = Open(package, "nupkg");
        using var bytes = new MemoryStream();
        using (Stream entry = zip.GetEntry($"lib/net10.0/{package}.dll")!.Open())
            entry.CopyTo(bytes);
        bytes.Position = 0;
        using var image = new PEReader(bytes);

        Assert.That(image.ReadDebugDirectory().Select(entry => entry.Type), Has.One.EqualTo(DebugDirectoryEntryType.Reproducible));
    }

    [Test]
    public void All_packages_have_one_version_and_ask_for_exactly_it_of_each_other()
    {
        var versions = new HashSet<string>();
        int dependencies = 0;
        foreach (string package in Tree.Packages)
        {
            using ZipArchive zip = Open(package, "nupkg");
            XElement metadata = Metadata(zip);
            versions.Add((string)Element(metadata, "version")!);
            foreach (XElement dependency in metadata.Descendants().Where(element => element.Name.LocalName == "dependency"))
            {
                if (!Tree.Packages.Contains((string)dependency.Attribute("id")!))
                    continue;
                string range = (string)dependency.Attribute("version")!;
                Assert.That(range, Does.Match(@"^\[[^,]+\]$"), package);
                versions.Add(range.Trim('[', ']'));
                dependencies++;
            }
        }

        Assert.That((versions.Count, dependencies), Is.EqualTo((1, 4)));
    }

    [Test]
    public async Task The_example_of_the_readme_runs_in_a_fresh_application_that_installs_the_package()
    {
        string application = Directory.CreateDirectory(Of("application")).FullName;
        string example = ReadmeExample().Match(File.ReadAllText(Tree.PathOf("README.md"))).Groups[1].Value;
        Assert.That(example, Does.Contain("/ip4/0.0.0.0/tcp/4001"));

        // On loopback and a free port, so that the test is alone with it. Everything else is as in the README.
        await File.WriteAllTextAsync(Path.Combine(application, "Program.cs"), example.Replace("/ip4/0.0.0.0/tcp/4001", "/ip4/127.0.0.1/tcp/0", StringComparison.Ordinal));
        await File.WriteAllTextAsync(Path.Combine(application, "members.txt"), "12D3KooWA4Xop1JaT3MHxwYMkCepYsv4iPVopMXwCz5iHYdBfeSB\n");
        await File.WriteAllTextAsync(Path.Combine(application, "Application.csproj"), Project());
        await Tool.RunAsync(application, "dotnet", ["build", "-nologo"]);

        string output = await Tool.RunAsync(application, "dotnet", ["run", "--no-build"], input: "\n");

        Assert.That(output.Split('\n')[0], Does.Match(@"^/ip4/127\.0\.0\.1/tcp/[1-9][0-9]*/p2p/12D3Koo\w+\r?$"));
        Assert.That(Path.Combine(application, "relay.key"), Does.Exist);
    }

    // The package from the folder, what it depends on from where this machine gets its packages, or has them already.
    private string Project()
    {
        using ZipArchive zip = Open("Relay.Config", "nupkg");
        string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        return $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
                <RestorePackagesPath>{Of("packages")}</RestorePackagesPath>
                <RestoreFallbackFolders>{(Directory.Exists(cache) ? cache : "")}</RestoreFallbackFolders>
                <RestoreAdditionalProjectSources>{Of("feed")}</RestoreAdditionalProjectSources>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Relay.Config" Version="{(string)Element(Metadata(zip), "version")!}" />
              </ItemGroup>
            </Project>
            """;
    }

    [GeneratedRegex("```csharp\n(.+?)```", RegexOptions.Singleline)]
    private static partial Regex ReadmeExample();

    private static XElement Metadata(ZipArchive zip)
    {
        using Stream nuspec = zip.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(nuspec).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
    }

    private static XElement? Element(XElement metadata, string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name);

    private ZipArchive Open(string package, string kind) => ZipFile.OpenRead(Directory.GetFiles(Of("feed"), $"{package}.*.{kind}").Single());

    private string Of(string name) => Path.Combine(_folder, name);
}
