using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace Relay.Tests.Hosting;

/// <summary>One file, whose changes are told on the thread that makes them.</summary>
internal sealed class ManualFileProvider : IFileProvider, IFileInfo
{
    private ConfigurationReloadToken _token = new();

    public string Content { get; set; } = "";

    public bool Exists => true;

    public long Length => Content.Length;

    public string? PhysicalPath => null;

    public string Name => "limits.json";

    public DateTimeOffset LastModified => DateTimeOffset.UnixEpoch;

    public bool IsDirectory => false;

    public void Change(string content)
    {
        Content = content;
        Interlocked.Exchange(ref _token, new ConfigurationReloadToken()).OnReload();
    }

    public Stream CreateReadStream() => new MemoryStream(Encoding.UTF8.GetBytes(Content));

    public IFileInfo GetFileInfo(string subpath) => this;

    public IDirectoryContents GetDirectoryContents(string subpath) => NotFoundDirectoryContents.Singleton;

    public IChangeToken Watch(string filter) => _token;
}
