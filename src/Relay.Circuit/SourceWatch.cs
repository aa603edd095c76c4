using Relay.Circuit.Host;

namespace Relay.Circuit;

/// <summary>
/// Notices a source that leaves while its circuit is still being made, so that it holds no slot until the destination's deadline. One that sends before it has
/// its answer is watched no further: what comes after its bytes cannot be seen without taking them, and its slot ends with the destination's deadline.
/// </summary>
internal static class SourceWatch
{
    /// <summary>
    /// Runs <paramref name="operation"/> under a token that fires when the source is reset or lost, as long as it has sent nothing. Nothing is read from the source, and nobody else may
    /// read from it meanwhile.
    /// </summary>
    /// <exception cref="HostStreamException">The source was reset or lost first.</exception>
    public static async ValueTask<T> RunAsync<T>(IHostStream source, Func<CancellationToken, ValueTask<T>> operation, CancellationToken cancellationToken)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<HostStreamException?> watch = WatchAsync(source, gone, done.Token);
        try
        {
            return await operation(gone.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw (await watch.ConfigureAwait(false))!;
        }
        finally
        {
            await done.CancelAsync().ConfigureAwait(false);
            await watch.ConfigureAwait(false);
        }
    }

    /// <summary>Waits, without taking a byte, until there is something to read: a byte, the end, or what ended the stream.</summary>
    private static async Task<HostStreamException?> WatchAsync(IHostStream source, CancellationTokenSource gone, CancellationToken done)
    {
        try
        {
            await source.ReadAsync(Memory<byte>.Empty, done).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (HostStreamException e)
        {
            await gone.CancelAsync().ConfigureAwait(false);
            return e;
        }
    }
}
