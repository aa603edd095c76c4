using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Relay.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class RecordingLoggerFactory : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, EventId Id, string Text)> _entries = [];

    public IReadOnlyCollection<(LogLevel Level, EventId Id, string Text)> Entries => _entries;

    /// <summary>The ids of what was logged at Information and above.</summary>
    public IEnumerable<int> Ids => _entries.Where(entry => entry.Level >= LogLevel.Information).Select(entry => entry.Id.Id);

    public ILogger CreateLogger(string categoryName) => this;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        => _entries.Enqueue((logLevel, eventId, formatter(state, exception)));

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
