namespace Packages.Tests;

/// <summary>The source tree that the tests were built from.</summary>
internal static class Tree
{
    public static readonly string[] Packages = ["Relay.Multiformats", "Relay.Circuit", "Relay.Libp2p", "Relay.Config"];

    private static readonly string Root = FindRoot();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Relay.Config.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests run outside of the tree.");
    }
}
