using System.Diagnostics;

namespace Relay.Benchmarks.Acl;

/// <summary>A thread that swaps one thing for the other and back, with a short pause between, until it is disposed.</summary>
internal sealed class SwappingWriter : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private readonly Thread _thread;
    private readonly Action[] _swaps;
    private readonly Stopwatch _running = Stopwatch.StartNew();
    private readonly ManualResetEventSlim _stopping = new();
    private long _done;

    public SwappingWriter(Action there, Action back)
    {
        _swaps = [there, back];
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>How often it got its turn.</summary>
    public double SwapsPerSecond => _done / _running.Elapsed.TotalSeconds;

    public void Dispose()
    {
        _stopping.Set();
        _thread.Join();
        _running.Stop();
        _stopping.Dispose();
    }

    private void Run()
    {
        while (!_stopping.Wait(Pause))
            _swaps[_done++ % 2]();
    }
}
