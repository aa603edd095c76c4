namespace Relay.Libp2p;

/// <summary>A token that is cancelled by the caller's or when time is up, and that knows which it was.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _linked;

    private Deadline(TimeProvider time, TimeSpan timeout, CancellationToken cancellationToken)
    {
        _timer = new CancellationTokenSource(timeout, time);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, cancellationToken);
    }

    public CancellationToken Token => _linked.Token;

    /// <summary>Whether time is up.</summary>
    public bool HasExpired => _timer.IsCancellationRequested;

    public static Deadline Start(TimeProvider time, TimeSpan timeout, CancellationToken cancellationToken) => new(time, timeout, cancellationToken);

    public void Dispose()
    {
        _linked.Dispose();
        _timer.Dispose();
    }
}
