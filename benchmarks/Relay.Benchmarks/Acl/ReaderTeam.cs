namespace Relay.Benchmarks.Acl;

/// <summary>Threads that do the same work at the same time, each time they are asked to.</summary>
internal sealed class ReaderTeam : IDisposable
{
    private readonly Barrier _barrier; // before the work and after it; the one who asks takes part
    private readonly Thread[] _threads;
    private readonly Action _work;
    private volatile bool _isStopping;

    public ReaderTeam(int size, Action work)
    {
        _work = work;
        _barrier = new Barrier(size + 1);
        _threads = [.. Enumerable.Range(0, size).Select(_ => new Thread(Run) { IsBackground = true })];
        foreach (Thread thread in _threads)
            thread.Start();
    }

    /// <summary>Returns when all have done their work once.</summary>
    public void RunOnce()
    {
        _barrier.SignalAndWait();
        _barrier.SignalAndWait();
    }

    public void Dispose()
    {
        _isStopping = true;
        _barrier.SignalAndWait();
        foreach (Thread thread in _threads)
            thread.Join();
        _barrier.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            _barrier.SignalAndWait();
            if (_isStopping)
                return;
            _work();
            _barrier.SignalAndWait();
        }
    }
}
