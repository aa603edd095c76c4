using Relay.Circuit.Host;
using Relay.Circuit.Splicing;
using Relay.TestKit;
using Relay.TestKit.Network;
using Relay.TestKit.Wire;

namespace Relay.Circuit.Tests.Splicing;

/// <summary>The splice alone, where the contract over the wire cannot look.</summary>
[TestFixture]
internal sealed class SpliceTests
{
    private readonly RentedBuffers _buffers = new(2048);
    private readonly CancellationTokenSource _stopping = new();
    private ManualTimeProvider _time = null!;
    private SharedRate _rate = null!;
    private InMemoryStream _sourceEnd = null!;
    private InMemoryStream _destinationEnd = null!;
    private InMemoryStream _source = null!;
    private InMemoryStream _destination = null!;

    [SetUp]
    public void CreateStreams()
    {
        _time = new ManualTimeProvider();
        _rate = new SharedRate(_time);
        (_sourceEnd, _source) = InMemoryStream.CreatePair();
        (_destinationEnd, _destination) = InMemoryStream.CreatePair();
    }

    [TearDown]
    public void Nothing_is_held()
    {
        _rate.Dispose();
        Assert.That(_buffers.Count, Is.Zero);
        Assert.That(_time.ActiveTimers, Is.Zero);
    }

    [OneTimeTearDown]
    public void DisposeToken() => _stopping.Dispose();

    [Test]
    public async Task What_was_carried_is_counted_by_direction()
    {
        Task<SpliceResult> splice = RunAsync();
        await Task.WhenAll(_sourceEnd.SendAsync(new byte[5000]), _destinationEnd.SendAsync(new byte[7001]));
        await _sourceEnd.FinishAsync();
        await _destinationEnd.FinishAsync();
        Assert.That(await _destinationEnd.ReceiveAllAsync(), Has.Length.EqualTo(5000));
        Assert.That(await _sourceEnd.ReceiveAllAsync(), Has.Length.EqualTo(7001));

        Assert.That(await splice.InTime(), Is.EqualTo(new SpliceResult(CircuitEnd.Closed, 5000, 7001, null)));
        Assert.That((_source.HasEnded, _destination.HasEnded), Is.EqualTo((true, true)));
    }

    [Test]
    public async Task A_duration_longer_than_any_timer_is_kept_all_the_same()
    {
        var duration = TimeSpan.FromDays(100);
        Task<SpliceResult> splice = RunAsync(maxDuration: duration);
        _time.Advance(duration - TimeSpan.FromTicks(1));
        Assert.That(splice.IsCompleted, Is.False);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That((await splice.InTime()).End, Is.EqualTo(CircuitEnd.DurationLimit));
    }

    [Test]
    public async Task The_first_cause_is_the_one_that_is_told()
    {
        Task<SpliceResult> splice = RunAsync(maxData: 10, maxDuration: TimeSpan.FromMinutes(1));
        await _sourceEnd.SendAsync(new byte[11]);
        await _sourceEnd.ReceiveUntilResetAsync();
        _time.Advance(TimeSpan.FromMinutes(1));
        SpliceResult result = await splice.InTime();
        Assert.That((result.End, result.BytesToDestination), Is.EqualTo((CircuitEnd.DataLimit, 10L)));
    }

    [Test]
    public async Task A_reset_of_either_end_is_an_ordinary_end([Values] bool ofSource)
    {
        Task<SpliceResult> splice = RunAsync();
        (ofSource ? _sourceEnd : _destinationEnd).Reset();
        Assert.That(await splice.InTime(), Is.EqualTo(new SpliceResult(CircuitEnd.Reset, 0, 0, null)));
        Assert.That((_source.HasEnded, _destination.HasEnded), Is.EqualTo((true, true)));
    }

    [Test]
    public async Task A_reset_after_half_close_reaches_a_sender_when_it_writes()
    {
        Task<SpliceResult> splice = RunAsync();
        await _destinationEnd.FinishAsync();
        Assert.That(await _sourceEnd.ReceiveAllAsync(), Is.Empty);
        _destinationEnd.Reset();
        await _sourceEnd.SendAsync([1]);
        Assert.That((await splice.InTime()).End, Is.EqualTo(CircuitEnd.Reset));
        Assert.That(async () => await _sourceEnd.SendAsync([1]), Throws.InstanceOf<HostStreamException>());
    }

    [Test]
    public async Task Stopping_before_it_begins_ends_it_too()
    {
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        SpliceResult result = await Create(_source, new SpliceTerms()).RunAsync(stopped.Token).InTime();
        Assert.That(result.End, Is.EqualTo(CircuitEnd.Stopped));
    }

    [Test]
    public async Task A_host_that_breaks_its_promises_ends_the_circuit_and_is_told()
    {
        var broken = new BrokenStream(_source);
        Task<SpliceResult> splice = Create(broken, new SpliceTerms()).RunAsync(_stopping.Token);
        await _destinationEnd.SendAsync([1]);
        SpliceResult result = await splice.InTime();
        Assert.That(result.End, Is.EqualTo(CircuitEnd.Failed));
        Assert.That(result.Failure, Is.InstanceOf<NotSupportedException>());
        Assert.That((await _destinationEnd.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
    }

    [Test]
    public async Task A_way_that_is_blocked_holds_one_buffer_and_an_idle_one_none()
    {
        Task<SpliceResult> splice = RunAsync();
        await _sourceEnd.SendAsync([1]);
        Assert.That(await _destinationEnd.ReceiveAsync(1), Is.EqualTo([1]));
        await Eventually.EqualsAsync(0L, () => _buffers.Count, "buffers of an idle circuit");

        Task blocked = _sourceEnd.SendAsync(new byte[1 << 20]);
        await Eventually.EqualsAsync(1L, () => _buffers.Count, "buffers of a blocked way");
        Assert.That(blocked.IsCompleted, Is.False);
        _destinationEnd.Reset();
        await splice.InTime();
        Assert.That(async () => await blocked, Throws.InstanceOf<HostStreamException>());
    }

    [Test]
    public async Task A_receiver_that_takes_one_write_bit_by_bit_is_not_idle_and_one_that_has_stopped_is()
    {
        var idle = TimeSpan.FromMinutes(5);
        var buffers = new RentedBuffers(2 << 20); // of which the window takes a part only: one write goes on for hours
        Task<SpliceResult> splice = new Splice(_source, _destination, new SpliceTerms(IdleTimeout: idle), new SpliceResources(buffers, _rate, _time)).RunAsync(_stopping.Token);
        Task sending = _sourceEnd.SendAsync(new byte[1 << 20]);
        for (int read = 1024; read <= 20 * 1024; read += 1024)
        {
            Assert.That(await _destinationEnd.ReceiveAsync(1024), Has.Length.EqualTo(1024));
            int sent = 64 * 1024 + read;
            await Eventually.EqualsAsync(sent, () => _destination.BytesSent, "what has gone on its way");
            _time.Advance(TimeSpan.FromMinutes(4));
        }

        Assert.That(splice.IsCompleted, Is.False);
        _time.Advance(2 * idle);
        Assert.That((await splice.InTime()).End, Is.EqualTo(CircuitEnd.IdleTimeout));
        Assert.That(async () => await sending, Throws.InstanceOf<HostStreamException>());
        Assert.That(buffers.Count, Is.Zero);
    }

    private Task<SpliceResult> RunAsync(long? maxData = null, TimeSpan? maxDuration = null)
        => Create(_source, new SpliceTerms(maxData, maxDuration)).RunAsync(_stopping.Token);

    private Splice Create(IHostStream source, SpliceTerms terms)
        => new(source, _destination, terms, new SpliceResources(_buffers, _rate, _time));
}
