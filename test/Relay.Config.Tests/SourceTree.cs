namespace Relay.Tests;

/// <summary>The tree the tests were built from, for what they hold of its files.</summary>
internal static class SourceTree
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Relay.Config.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The tests run outside of the tree.");
    }
}
