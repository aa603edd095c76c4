using System.Collections.Concurrent;
using System.Diagnostics;
using Relay.Circuit;
using Relay.Libp2p;
using Relay.Multiformats;

namespace Relay.Soak.Tests;

/// <summary>
/// A thousand peers that reserve, renew, talk and vanish, in order, by reset, without a word, while the wall clock jumps about. Afterwards everything is as if
/// nobody had ever been there. Half a minute, or as long as the environment variable RELAY_SOAK says (<c>00:10:00</c>).
/// </summary>
[TestFixture]
internal sealed class SoakTests
{
    private const int Lives = 1000;
    private const long Flat = 16L << 20; // pools keep some buffers; 500 connections that were kept would be more

    private static readonly CircuitRelayOptions Options = new()
    {
        MaxReservations = Lives,
        MaxReservationsPerIp = Lives,
        ReservationRatePerIp = null, // everybody comes from loopback
        CircuitRatePerIp = null,
        ReservationTtl = TimeSpan.FromHours(2),
        MaxDuration = TimeSpan.FromSeconds(5),
        CircuitIdleTimeout = TimeSpan.FromSeconds(3),
    };

    private readonly JumpingClock _clock = new();
    private readonly ConcurrentDictionary<PeerId, bool> _alive = new();
    private readonly ConcurrentBag<WeakReference<Connection>> _connections = [];
    private int _reserved;
    private int _talked;
    private int _lives;

    [Test]
    public async Task Peers_that_come_and_vanish_leave_nothing_behind()
    {
        TimeSpan atLeast = TimeSpan.TryParse(Environment.GetEnvironmentVariable("RELAY_SOAK"), out TimeSpan asked) ? asked : TimeSpan.Zero;
        await using SoakRelay relay = await SoakRelay.StartAsync(Options, _clock);
        using var ended = new CancellationTokenSource();
        Task jumping = JumpAsync(ended.Token);
        Task looking = LookAsync(relay, ended.Token);

        await LiveAsync(relay, Lives / 2, TimeSpan.Zero);
        await relay.IsEmptyAsync();
        long before = MeasureHeap();
        await LiveAsync(relay, Lives / 2, atLeast);
        await relay.IsEmptyAsync();
        await ended.CancelAsync();
        await Task.WhenAll(jumping, looking);
        long after = MeasureHeap();

        TestContext.Out.WriteLine($"{_lives} lives, {_reserved} reservations, {_talked} circuits; heap {before >> 10} KiB, then {after >> 10} KiB");
        Assert.That(_reserved, Is.GreaterThan(_lives), "most of them reserved and renewed");
        Assert.That(_talked, Is.GreaterThan(_lives / 10), "some of them talked");
        Assert.That(after - before, Is.LessThan(Flat), "what the second half has added to the heap");
        Assert.That(_connections, Has.Count.GreaterThan(Lives / 20));
        Assert.That(_connections.Count(seen => seen.TryGetTarget(out _)), Is.Zero, "connections of the relay that are still somewhere in memory");
    }

    /// <summary>Lets peers live, as many at a time as keeps two processors busy, until there have been enough and it has taken long enough.</summary>
    private async Task LiveAsync(SoakRelay relay, int lives, TimeSpan atLeast)
    {
        long start = Stopwatch.GetTimestamp();
        int started = 0;
        await Task.WhenAll(Enumerable.Range(0, 50).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            while (Interlocked.Increment(ref started) <= lives || Stopwatch.GetElapsedTime(start) < atLeast)
            {
                var peer = new SoakPeer(relay, _alive, random);
                await peer.LiveAsync();
                Interlocked.Increment(ref _lives);
                Interlocked.Add(ref _reserved, peer.Done.Reserved);
                Interlocked.Add(ref _talked, peer.Done.Talked);
            }
        })));
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
            relay.Relay.TakeSnapshot();
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
