namespace Relay.Members;

/// <summary>
/// Watches one file for changes, replacement by renaming included, through its folder. Where the folder cannot be watched (it is missing, the
/// system has no watches left, a network drive) nothing is told, and <see cref="Arm"/> tries again: reading at every refresh goes on either
/// way. Thread-safe.
/// </summary>
internal sealed class FileWatch(string path, Action callback) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly string _folder = Path.GetDirectoryName(path) ?? path;
    private readonly string _name = Path.GetFileName(path);
    private FileSystemWatcher? _watcher;
    private bool _isDisposed;

    /// <summary>Begins to watch, unless it does already.</summary>
    public void Arm()
    {
        lock (_gate)
        {
            if (_isDisposed || _watcher is not null || !Directory.Exists(_folder))
                return;
        }

        if (Create() is not { } watcher)
            return;
        lock (_gate)
        {
            if (!_isDisposed && _watcher is null)
            {
                _watcher = watcher;
                return;
            }
        }

        watcher.Dispose(); // somebody else was quicker
    }

    public void Dispose()
    {
        FileSystemWatcher? watcher;
        lock (_gate)
        {
            _isDisposed = true;
            watcher = _watcher;
            _watcher = null;
        }

        watcher?.Dispose();
    }

    private FileSystemWatcher? Create()
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(_folder)
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            watcher.Changed += OnEvent;
            watcher.Created += OnEvent;
            watcher.Deleted += OnEvent;
            watcher.Renamed += OnEvent;
            watcher.Error += OnError;
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            watcher?.Dispose();
            return null;
        }
    }

    // A mounted Kubernetes ConfigMap replaces the file by renaming the hidden folder "..data" that it is a link into.
    private void OnEvent(object sender, FileSystemEventArgs e)
    {
        if (e.Name == _name || e.Name?.StartsWith("..", StringComparison.Ordinal) == true || (e as RenamedEventArgs)?.OldName == _name)
            callback();
    }

    private void OnError(object sender, ErrorEventArgs e)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_watcher, sender))
                return;
            _watcher = null;
        }

        ((FileSystemWatcher)sender).Dispose();
        callback(); // whatever was missed; the read arms it anew
    }
}
