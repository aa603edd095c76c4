namespace Relay.Interop.Tests.Nodes;

/// <summary>A directory that is gone, with what is in it, when it is disposed of.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("relay-interop-");

    public string this[string name] => Path.Combine(_directory.FullName, name);

    /// <summary>Writes a file, or replaces it in one step, and returns its path.</summary>
    public string Write(string name, string content)
    {
        string path = this[name];
        File.WriteAllText(path + ".new", content);
        File.Move(path + ".new", path, overwrite: true);
        return path;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
