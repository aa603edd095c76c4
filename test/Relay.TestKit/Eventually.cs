namespace Relay.TestKit;

/// <summary>A bounded wait for a state that nothing signals. Where there is a task or an event to wait for, wait for that.</summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits until <paramref name="actual"/> gives <paramref name="expected"/>, and fails with the last value when it does not in time.</summary>
    public static async Task EqualsAsync<T>(T expected, Func<T> actual, string what)
    {
        using var timer = new PeriodicTimer(Interval);
        using var bound = new CancellationTokenSource(InTimeExtensions.Bound);
        T last = actual();
        while (!EqualityComparer<T>.Default.Equals(last, expected))
        {
            try
            {
                await timer.WaitForNextTickAsync(bound.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"{what} is {last} and not {expected} after {InTimeExtensions.Bound}.");
            }

            last = actual();
        }
    }

    /// <summary>Waits until <paramref name="condition"/> holds.</summary>
    public static Task TrueAsync(Func<bool> condition, string what) => EqualsAsync(true, condition, what);
}
