using System.Runtime.CompilerServices;

namespace Relay.Libp2p.Yamux;

// Who goes on where. The thread that has taken in what was received would now wait for more. Instead it goes on with the reader it has served last: for a request
// that comes alone that saves waking another thread, which costs more than all the rest. The wait for more is registered before that, so it does not matter how
// long the reader takes: another thread goes on with the session then. Whoever else was served goes on on other threads; if more is here already, all of them do.
internal sealed partial class YamuxSession
{
    private readonly List<YamuxStream> _awakened = []; // by what was taken in; used by whoever reads the session, one at a time
    private bool _hasWaited;                           // for something to read: before, the reading thread is that of whoever started the session

    /// <summary>A reader of <paramref name="stream"/> has been served. Called by what reads the session, under the stream's lock.</summary>
    internal void Awaken(YamuxStream stream) => _awakened.Add(stream);

    private void SendOffAwakened()
    {
        foreach (YamuxStream stream in _awakened)
            stream.GoOn(isHere: false);
        _awakened.Clear();
    }

    private YamuxStream? TakeLastAwakened()
    {
        if (_awakened.Count == 0)
            return null;
        YamuxStream last = _awakened[^1];
        _awakened.RemoveAt(_awakened.Count - 1);
        return last;
    }

    /// <summary>Awaits a read of the channel; a thread that would wait for it goes on with a reader meanwhile.</summary>
    private readonly struct Receiving(YamuxSession session, ValueTask<ReadOnlyMemory<byte>> read) : ICriticalNotifyCompletion
    {
        private readonly ConfiguredValueTaskAwaitable<ReadOnlyMemory<byte>>.ConfiguredValueTaskAwaiter _read = read.ConfigureAwait(false).GetAwaiter();

        public bool IsCompleted => _read.IsCompleted;

        public Receiving GetAwaiter() => this;

        public ReadOnlyMemory<byte> GetResult() => _read.GetResult();

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation)
        {
            // A thread that is not the pool's is somebody's, or watches sockets.
            bool isHere = session._hasWaited && Thread.CurrentThread.IsThreadPoolThread;
            session._hasWaited = true;
            YamuxStream? last = session.TakeLastAwakened();
            session.SendOffAwakened();
            _read.UnsafeOnCompleted(continuation); // from here on another thread may read the session
            last?.GoOn(isHere);
        }
    }
}
