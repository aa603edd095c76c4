namespace Relay.TestKit;

/// <summary>Bounds a wait generously: a test that hangs fails, and says where.</summary>
public static class InTimeExtensions
{
    /// <summary>How long anything may take that should happen at once.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    /// <summary>Waits for <paramref name="task"/>, at most <see cref="Bound"/>.</summary>
    /// <exception cref="TimeoutException">It took longer.</exception>
    public static Task InTime(this Task task) => task.WaitAsync(Bound);

    /// <inheritdoc cref="InTime(Task)"/>
    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(Bound);

    /// <inheritdoc cref="InTime(Task)"/>
    public static Task InTime(this ValueTask task) => task.AsTask().WaitAsync(Bound);

    /// <inheritdoc cref="InTime(Task)"/>
    public static Task<T> InTime<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Bound);
}
