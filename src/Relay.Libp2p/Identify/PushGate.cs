namespace Relay.Libp2p.Identify;

/// <summary>Lets one push run at a time, and remembers that another was wanted meanwhile. Thread-safe.</summary>
internal sealed class PushGate
{
    private const int Idle = 0, Running = 1, RunningAndWanted = 2;

    private int _state;

    /// <summary>False when a push runs: it will be done once more.</summary>
    public bool TryBegin()
    {
        while (true)
        {
            int state = Volatile.Read(ref _state);
            int next = state == Idle ? Running : RunningAndWanted;
            if (Interlocked.CompareExchange(ref _state, next, state) == state)
                return state == Idle;
        }
    }

    /// <summary>False when it is to be done once more.</summary>
    public bool TryEnd()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Running) == Running)
            return true;
        Volatile.Write(ref _state, Running);
        return false;
    }
}
