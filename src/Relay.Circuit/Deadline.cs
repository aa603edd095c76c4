namespace Relay.Circuit;

/// <summary>An operation with a time limit on the clock of a <see cref="TimeProvider"/>.</summary>
internal static class Deadline
{
    /// <summary>Runs <paramref name="operation"/> under a token that fires when the time is over or the caller gives up.</summary>
    /// <exception cref="TimeoutException">The time was over first.</exception>
    public static async ValueTask<TResult> RunAsync<TState, TResult>(
        TState state,
        Func<TState, CancellationToken, ValueTask<TResult>> operation,
        TimeSpan timeout,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        using var expiry = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, cancellationToken);
        try
        {
            return await operation(state, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested && expiry.IsCancellationRequested)
        {
            throw new TimeoutException($"The operation took longer than {timeout}.", e);
        }
    }

    /// <inheritdoc cref="RunAsync{TState, TResult}"/>
    public static async ValueTask RunAsync<TState>(
        TState state,
        Func<TState, CancellationToken, ValueTask> operation,
        TimeSpan timeout,
        TimeProvider time,
        CancellationToken cancellationToken)
        => await RunAsync(
            (state, operation),
            static async (s, token) =>
            {
                await s.operation(s.state, token).ConfigureAwait(false);
                return true;
            },
            timeout,
            time,
            cancellationToken).ConfigureAwait(false);
}
