using System.Collections.Concurrent;
using NUnit.Framework;

namespace Relay.TestKit;

/// <summary>
/// Watches for tasks that failed and that nobody asked. They show when they are collected, so whoever asks collects first; one that shows late is
/// blamed on a later test, or on the end of the run. Each test project has a set-up fixture that derives from it.
/// </summary>
public abstract class UnobservedExceptionWatch
{
    private static readonly ConcurrentQueue<AggregateException> Seen = new();

    [OneTimeSetUp]
    public void Watch() => TaskScheduler.UnobservedTaskException += Keep;

    [OneTimeTearDown]
    public void CheckTheRun()
    {
        try
        {
            ThereAreNone();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Keep;
        }
    }

    /// <summary>Fails the test when an exception went unobserved since the last time this was asked.</summary>
    public static void ThereAreNone()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var found = new List<AggregateException>();
        while (Seen.TryDequeue(out AggregateException? one))
            found.Add(one);
        Assert.That(found, Is.Empty, "exceptions of tasks that nobody observed");
    }

    private static void Keep(object? sender, UnobservedTaskExceptionEventArgs e) => Seen.Enqueue(e.Exception);
}
