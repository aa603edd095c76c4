using System.Runtime.CompilerServices;

namespace Relay.Libp2p.Yamux;

// Who goes on where. The thread that has taken in what was received would now wait for more. Instead it goes on with the reader it has just served, when no more
// is here: for a request that comes alone that saves waking another thread, which costs more than all the rest. The wait for more is registered before that, so
// it does not matter how long the reader takes: another thread goes on with the session then. Whoever else was served goes on on other threads, and so do all
// of them when more is here.
internal sealed partial class YamuxSession
{
    private readonly List<YamuxStream> _awakened = []; // by what was taken in; used by whoever reads, one at a time

    /// <summary>A reader of <paramref name="stream"/> has been served.</summary>
    internal void Awaken(YamuxStream stream) => _awakened.Add(stream);

    // All but the last, who is returned.
    private YamuxStream? SendOffAwakened()
    {
        if (_awakened.Count == 0)
            return null;
        YamuxStream last = _awakened[^1];
        for (int i = 0; i < _awakened.Count - 1; i++)
            _awakened[i].GoOn(isHere: false);
        _awakened.Clear();
        return last;
    }

    /// <summary>A read of the channel that is awaited like this.</summary>
    private readonly struct Receiving(YamuxSession session, ValueTask<ReadOnlyMemory<byte>> read) : ICriticalNotifyCompletion
    {
        private readonly ConfiguredValueTaskAwaitable<ReadOnlyMemory<byte>>.ConfiguredValueTaskAwaiter _read = read.ConfigureAwait(false).GetAwaiter();

        public bool IsCompleted
        {
            get
            {
                if (!_read.IsCompleted)
                    return false;
                session.SendOffAwakened()?.GoOn(isHere: false);
                return true;
            }
        }

        public Receiving GetAwaiter() => this;

        public ReadOnlyMemory<byte> GetResult() => _read.GetResult();

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation)
        {
            YamuxStream? last = session.SendOffAwakened();
            _read.UnsafeOnCompleted(continuation); // from here on the session may be read by another thread
            last?.GoOn(isHere: true);
        }
    }
}
