namespace Relay.Interop.Tests.Peer;

/// <summary>The last lines that went to and came from a peer process, and what it wrote to standard error. Shown when a test fails.</summary>
internal sealed class PeerTranscript
{
    private const int MaxLines = 400;
    private const int MaxLength = 600;

    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = [];

    public void Add(string prefix, string line)
    {
        lock (_lock)
        {
            if (_lines.Count == MaxLines)
                _lines.Dequeue();
            _lines.Enqueue(prefix + (line.Length <= MaxLength ? line : string.Concat(line.AsSpan(0, MaxLength), "...")));
        }
    }

    public override string ToString()
    {
        lock (_lock)
            return string.Join(Environment.NewLine, _lines);
    }
}
