using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Relay.AutoRelay;
using Relay.Circuit;
using Relay.Embedded;
using Relay.Libp2p;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests.Nodes;

/// <summary>The relay client starts, stops and goes on, whatever others' code does to it.</summary>
internal sealed class RelaySeekerTests(bool peersServe) : AutoRelayTest(peersServe)
{
    [Test]
    public async Task A_node_that_is_not_started_reserves_nowhere_and_nothing_about_it_changes([Values] bool wasStarted)
    {
        RelayNode relay = await StartOpenRelayAsync();
        RelayNode stranger = await StartOpenRelayAsync();
        Config config = CreateConfig(service => service.Disabled = true);
        config.Connection.AutoRelay.StaticRelays.Add(relay.ListenAddresses[0].ToString());
        RelayNode node = Build(config);
        if (wasStarted)
        {
            await node.StartAsync().InTime();
            await node.StopAsync().InTime();
        }

        KnownRelay before = node.Relays.Known.Single();
        foreach (RelayNode asked in (RelayNode[])[relay, stranger])
            Assert.ThrowsAsync<InvalidOperationException>(() => node.Relays.ReserveAsync(asked.ListenAddresses[0]).InTime());

        KnownRelay after = node.Relays.Known.Single();
        Assert.That((after.State, after.Failures, after.Reason, after.Since), Is.EqualTo((RelayState.Candidate, 0, RelayReason.None, before.Since)));
    }

    [Test]
    public async Task A_node_that_stops_ends_what_the_application_asks_for()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        RelayNode node = await StartPeerAsync();
        Task<Reservation> asking = node.Relays.ReserveAsync(Multiaddress.FromEndPoint((IPEndPoint)silent.LocalEndpoint).WithPeerId(Peers.Member));
        await Eventually.TrueAsync(() => node.Relays.Known.SingleOrDefault()?.State == RelayState.Reserving, "that it is being asked");
        Assert.That(node.Relays.Known.Single().Addresses, Has.Count.EqualTo(1));

        await node.StopAsync().InTime();

        Assert.ThrowsAsync<DialException>(() => asking.InTime());
        Assert.That(node.Relays.Known, Is.Empty);
    }

    [Test]
    public async Task Starts_and_stops_at_once_end_as_they_should()
    {
        RelayNode relay = await StartOpenRelayAsync();
        await using var node = new Libp2pNode(new Libp2pOptions(), IdentityKey.Generate());
        await node.StartAsync();
        var config = new Config();
        config.Connection.AutoRelay.StaticRelays.Add(relay.ListenAddresses[0].ToString());
        var table = new RelayTable(
            node.PeerId, config.ToOptions().OfType<AutoRelayOption>().Single(), hasSource: false, TimeProvider.System, new Random(1));
        using var telemetry = new RelayTelemetry();
        var client = new RelayClient(new EmbeddedHost(node, IdentityKey.Generate()), TimeProvider.System);
        using var seeker = new RelaySeeker(node, client, table, source: null, telemetry, TimeProvider.System, NullLoggerFactory.Instance);

        await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => i % 2 == 0 ? seeker.StartAsync() : seeker.StopAsync()))).InTime();
        await seeker.StartAsync().InTime();
        await seeker.StartAsync().InTime();
        await Eventually.EqualsAsync(1, () => table.Counts.Held, "what is held");
        await Task.WhenAll(seeker.StopAsync(), seeker.StopAsync()).InTime();
        Assert.That((table.Counts, table.Known.Single().State), Is.EqualTo(((0, 0), RelayState.Candidate)));
        await Eventually.EqualsAsync(0, () => node.Connections.Count, "the connections");
    }

    [Test]
    public async Task What_a_source_does_when_it_is_cancelled_harms_nobody([Values] bool blocks)
    {
        using var released = new ManualResetEventSlim();
        RelayNode relay = await StartOpenRelayAsync();
        using var log = new RecordingLogger();
        var source = new HarmfulSource(relay.ListenAddresses[0], () =>
        {
            if (!blocks)
                throw new InvalidOperationException("the source's own fault");
            released.Wait();
        });
        RelayNode node = await StartSeekerAsync(
            [],
            configure: config => config.Connection.AutoRelay.BootDelay = TimeSpan.Zero,
            supply: builder => builder.WithRelayCandidates(source).WithLoggerFactory(log));
        await HoldsAsync(node, relay);
        await source.Cancelled.InTime();

        Connection lost = node.Connections.Single();
        lost.Abort();
        await Eventually.TrueAsync(() => node.Connections.Any(connection => connection != lost), "a new connection");
        await HoldsAsync(node, relay);
        await node.StopAsync().InTime();
        Assert.That(node.ListenAddresses, Is.Empty, "the rest of the node has stopped, too");
        if (!blocks)
            await Eventually.TrueAsync(() => log.AtLeast(LogLevel.Warning).Any(entry => entry.Message.Contains("the source's own fault", StringComparison.Ordinal)), "a word about it");
        released.Set();
    }

    [Test]
    public async Task A_source_is_disposed_when_enough_was_found_when_it_fails_and_when_the_node_stops([Values(0, 1, 2)] int how)
    {
        RelayNode relay = await StartOpenRelayAsync();
        var source = new DisposedSource(how == 2 ? null : relay.ListenAddresses[0], fails: how == 1);
        RelayNode node = await StartSeekerAsync(
            [], configure: config => config.Connection.AutoRelay.BootDelay = TimeSpan.Zero, supply: builder => builder.WithRelayCandidates(source));
        await source.Asked.InTime();
        if (how == 2)
            await node.StopAsync().InTime();
        else
            await HoldsAsync(node, relay);
        await source.Disposed.InTime();
    }

    [Test]
    public async Task A_logger_that_throws_does_not_end_the_seeking_nor_the_stopping()
    {
        RelayNode relay = await StartOpenRelayAsync();
        using var log = new ThrowingLogger();
        RelayNode node = await StartSeekerAsync(relay.ListenAddresses, supply: builder => builder.WithLoggerFactory(log));
        await HoldsAsync(node, relay);
        Connection lost = node.Connections.Single();
        lost.Abort();
        await Eventually.TrueAsync(() => node.Connections.Any(connection => connection != lost), "a new connection");
        await HoldsAsync(node, relay);

        await node.StopAsync().InTime();

        Assert.That((node.ListenAddresses.Count, node.Relays.Addresses.Count), Is.EqualTo((0, 0)));
        Assert.That(log.Thrown, Is.Positive);
    }

    [Test]
    public async Task What_is_logged_says_when_the_next_try_is_or_leaves_that_out()
    {
        RelayNode closed = await StartAsync(CreateConfig(), builder => builder.WithMembership(new StaticMembershipSource([])));
        using var log = new RecordingLogger();
        RelayNode node = await StartSeekerAsync(closed.ListenAddresses, supply: builder => builder.WithLoggerFactory(log));
        RelayNode other = await StartAsync(CreateConfig(), builder => builder.WithMembership(new StaticMembershipSource([])));
        Assert.ThrowsAsync<RelayException>(() => node.Relays.ReserveAsync(other.ListenAddresses[0]).InTime());
        await Eventually.TrueAsync(() => log.Entries.Any(entry => entry.EventId == 4104) && log.Entries.Any(entry => entry.EventId == 4109), "both refusals");
        Assert.That(log.Entries.Where(entry => entry.EventId is >= 4100 and < 4200).Select(entry => entry.Message), Has.None.Contains("(null)"));
    }

    [Test]
    public async Task A_node_that_is_disposed_measures_nothing_any_more_also_where_the_meter_goes_on()
    {
        await using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        RelayNode relay = await StartOpenRelayAsync();
        RelayNode node = await StartSeekerAsync(
            relay.ListenAddresses, supply: builder => builder.WithMeterFactory(services.GetRequiredService<IMeterFactory>()));
        await HoldsAsync(node, relay);
        using (var metrics = new RecordingMeter(node.Telemetry))
            Assert.That((metrics["relay.client.reservations"], metrics["relay.client.wanted"]), Is.EqualTo((1d, 1d)));
        await node.StopAsync().InTime();
        using (var metrics = new RecordingMeter(node.Telemetry))
            Assert.That((metrics["relay.client.reservations"], metrics["relay.client.wanted"]), Is.EqualTo((0d, 0d)));

        await node.DisposeAsync();

        using var after = new RecordingMeter(node.Telemetry);
        Assert.That((after["relay.client.reservations"], after.Names.Where(name => name.StartsWith("relay.client.", StringComparison.Ordinal)).Count()), Is.EqualTo((0d, 0)));
    }

    private sealed class HarmfulSource(Multiaddress relay, Action harm) : IRelayCandidateSource
    {
        private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Cancelled => _cancelled.Task;

        public async IAsyncEnumerable<Multiaddress> FindRelaysAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            // Never taken back, and called when the search is over.
            cancellationToken.Register(() =>
            {
                _cancelled.TrySetResult();
                harm();
            });
            yield return relay;
            await Channel.CreateUnbounded<int>().Reader.ReadAsync(cancellationToken); // nothing more
        }
    }

    private sealed class DisposedSource(Multiaddress? relay, bool fails) : IRelayCandidateSource
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => _asked.Task;

        public Task Disposed => _disposed.Task;

        public IAsyncEnumerable<Multiaddress> FindRelaysAsync(CancellationToken cancellationToken) => new Search(this, cancellationToken);

        // Written out: what the compiler makes of an iterator disposes itself when it throws.
        private sealed class Search(DisposedSource source, CancellationToken cancellationToken) : IAsyncEnumerable<Multiaddress>, IAsyncEnumerator<Multiaddress>
        {
            private bool _hasGiven;

            public Multiaddress Current => source.Relay!;

            public IAsyncEnumerator<Multiaddress> GetAsyncEnumerator(CancellationToken token = default) => this;

            public async ValueTask<bool> MoveNextAsync()
            {
                source._asked.TrySetResult();
                if (!_hasGiven && source.Relay is not null)
                    return _hasGiven = true;
                if (source.Fails)
                    throw new InvalidOperationException("the source fails");
                await Channel.CreateUnbounded<int>().Reader.ReadAsync(cancellationToken);
                return false;
            }

            public ValueTask DisposeAsync()
            {
                source._disposed.TrySetResult();
                return ValueTask.CompletedTask;
            }
        }

        private Multiaddress? Relay => relay;

        private bool Fails => fails;
    }

    /// <summary>Fails whenever the relay client has something to say.</summary>
    private sealed class ThrowingLogger : ILoggerFactory, ILogger
    {
        private int _thrown;

        public int Thrown => Volatile.Read(ref _thrown);

        public ILogger CreateLogger(string categoryName) => categoryName == "Relay.Relays" ? this : NullLogger.Instance;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Interlocked.Increment(ref _thrown);
            throw new InvalidOperationException("the disk is full");
        }

        public void Dispose()
        {
        }
    }
}
