using Relay.Multiformats;

namespace Relay.Circuit;

/// <summary>The right to one circuit. Disposing it, from any thread and any number of times, gives its counts back exactly once.</summary>
internal sealed class CircuitSlot : IDisposable
{
    private Admission? _admission; // null once the counts are given back

    public CircuitSlot(Admission admission, PeerId source, PeerId destination)
    {
        _admission = admission;
        Source = source;
        Destination = destination;
    }

    public PeerId Source { get; }

    public PeerId Destination { get; }

    public void Dispose() => Interlocked.Exchange(ref _admission, null)?.Release(this);
}
