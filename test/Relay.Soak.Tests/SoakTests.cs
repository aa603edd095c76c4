using System.Collections.Concurrent;
using System.Diagnostics;
using Relay.Circuit;
using Relay.Libp2p;
using Relay.Multiformats;

namespace Relay.Soak.Tests;

/// <summary>
/// Peers that reserve, renew, talk and vanish, in order, by reset, without a word, and one that stands still; while the wall clock jumps about. Afterwards everything
/// is as if nobody had ever been there. As many at once as two processors bear for twenty seconds; or a thousand, for as long as the environment variable RELAY_SOAK
/// says (<c>00:10:00</c>).
/// </summary>
[TestFixture]
internal sealed class SoakTests
{
    private const int Few = 400;
    private const int Many = 1000;
    private const int StandingStill = 8;
    private const long Flat = 16L << 20; // pools keep some buffers; the connections of a run that were kept would be more

    private static readonly TimeSpan? Asked = TimeSpan.TryParse(Environment.GetEnvironmentVariable("RELAY_SOAK"), out TimeSpan asked) ? asked : null;
    private static readonly int AtOnce = Asked is null ? Few : Many;

    /// <summary>How long all may take to come.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly CircuitRelayOptions Options = new()
    {
        MaxReservations = AtOnce + StandingStill,
        MaxReservationsPerIp = AtOnce + StandingStill, // everybody comes from loopback
        ReservationTtl = TimeSpan.FromHours(2),
        MaxDuration = TimeSpan.FromSeconds(5),
        CircuitIdleTimeout = TimeSpan.FromSeconds(3),
    };

    private readonly JumpingClock _clock = new();
    private readonly ConcurrentDictionary<PeerId, bool> _alive = new();
    private readonly ConcurrentBag<WeakReference<Connection>> _connections = [];
    private readonly SemaphoreSlim _door = new(16); // or a peer that comes would be kept waiting for longer than a handshake may take
    private int _most;
    private int _reserved;
    private int _talked;
    private int _lives;

    [OneTimeTearDown]
    public void DisposeDoor() => _door.Dispose();

    [Test]
    public async Task Peers_that_come_and_vanish_leave_nothing_behind()
    {
        await using SoakRelay relay = await SoakRelay.StartAsync(Options, _clock);
        using var ended = new CancellationTokenSource();
        Task jumping = JumpAsync(ended.Token);
        Task looking = LookAsync(relay, ended.Token);

        await LiveAsync(relay, TimeSpan.Zero);
        await relay.IsEmptyAsync();
        long before = MeasureHeap();
        await LiveAsync(relay, Asked ?? TimeSpan.Zero);
        await relay.IsEmptyAsync();
        await ended.CancelAsync();
        await Task.WhenAll(jumping, looking);
        long after = MeasureHeap();

        TestContext.Out.WriteLine(
            $"{_lives} lives, {_most} at once, {_reserved} reservations, {_talked} circuits; heap {before >> 10} KiB, then {after >> 10} KiB");
        Assert.That(_most, Is.GreaterThanOrEqualTo(AtOnce), "reservations at once");
        Assert.That(_reserved, Is.GreaterThan(2 * _lives), "most of them reserved and renewed");
        Assert.That(_talked, Is.GreaterThan(_lives / 4), "some of them talked");
        Assert.That(after - before, Is.LessThan(Flat), "what the second half has added to the heap");
        Assert.That(_connections, Has.Count.GreaterThan(AtOnce / 10));
        Assert.That(_connections.Count(seen => seen.TryGetTarget(out _)), Is.Zero, "connections of the relay that are still somewhere in memory");
    }

    /// <summary>Lets peers live: all at once first, and then, until it has taken long enough, another one for each that has vanished.</summary>
    private async Task LiveAsync(SoakRelay relay, TimeSpan atLeast)
    {
        long start = Stopwatch.GetTimestamp();
        int coming = AtOnce;
        var everybody = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var over = new CancellationTokenSource();
        Task standingStill = StandStillAsync(relay, over.Token);
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (int tries = 0; tries < 3 && !await LiveOnceAsync(relay, random, TimeSpan.FromSeconds(2), AllAreInAsync); tries++)
            {
                // It was busy at the door, and comes again.
            }

            while (Stopwatch.GetElapsedTime(start) < atLeast)
                await LiveOnceAsync(relay, random, TimeSpan.FromMilliseconds(40) * AtOnce, () => Task.CompletedTask);
        })));
        await over.CancelAsync();
        await standingStill;

        Task AllAreInAsync()
        {
            if (Interlocked.Decrement(ref coming) == 0)
                everybody.SetResult();
            return everybody.Task.WaitAsync(Patience);
        }
    }

    /// <returns>Whether it got a reservation.</returns>
    private async Task<bool> LiveOnceAsync(SoakRelay relay, Random random, TimeSpan life, Func<Task> ready)
    {
        var peer = new SoakPeer(relay, _alive, random, life);
        await _door.WaitAsync();
        bool isIn = false;
        try
        {
            await peer.LiveAsync(() =>
            {
                isIn = true;
                _door.Release();
                return ready();
            });
        }
        finally
        {
            if (!isIn)
                _door.Release();
        }

        Interlocked.Increment(ref _lives);
        Interlocked.Add(ref _reserved, peer.Done.Reserved);
        Interlocked.Add(ref _talked, peer.Done.Talked);
        return isIn;
    }

    /// <summary>One after the other, destinations in processes of their own that are called a lot and then stand still.</summary>
    private async Task StandStillAsync(SoakRelay relay, CancellationToken over)
    {
        if (OperatingSystem.IsWindows())
            return; // it has no signals
        do
        {
            await using StoppedDestination destination = await StoppedDestination.StartAsync(relay.Address);
            _alive[destination.Peer] = true;
            try
            {
                await Task.Delay(TimeSpan.FromSeconds(3), over);
                await destination.StopAsync();
                await Task.Delay(TimeSpan.FromSeconds(6), over);
            }
            catch (OperationCanceledException)
            {
                // Its time is over, as everybody's.
            }
            finally
            {
                _alive.TryRemove(destination.Peer, out _);
            }
        }
        while (!over.IsCancellationRequested);
    }

    private async Task JumpAsync(CancellationToken ended)
    {
        var random = new Random(1);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!ended.IsCancellationRequested && await TickAsync(timer, ended))
            _clock.Jump(TimeSpan.FromMinutes(random.Next(-30, 30)));
    }

    /// <summary>What an operator does all the time: looks at the live table. Remembers connections, to see that they are forgotten.</summary>
    private async Task LookAsync(SoakRelay relay, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await TickAsync(timer, ended))
        {
            _most = Math.Max(_most, relay.Relay.TakeSnapshot().Reservations.Count);
            foreach (Connection connection in relay.Connections.Take(20))
                _connections.Add(new WeakReference<Connection>(connection));
        }
    }

    private static async Task<bool> TickAsync(PeriodicTimer timer, CancellationToken ended)
    {
        try
        {
            return await timer.WaitForNextTickAsync(ended);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static long MeasureHeap()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
