using Microsoft.Extensions.Logging;

namespace Relay.TestKit;

/// <summary>One line of a <see cref="RecordingLogger"/>.</summary>
public sealed record LogEntry(LogLevel Level, int EventId, string Message, Exception? Exception);
