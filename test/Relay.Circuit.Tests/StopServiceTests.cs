using Microsoft.Extensions.Logging;
using Relay.Circuit.Host;
using Relay.Multiformats;
using Relay.TestKit;
using Relay.TestKit.Network;
using Relay.TestKit.Wire;

namespace Relay.Circuit.Tests;

/// <summary>The destination role, against a relay made of bytes.</summary>
[TestFixture]
internal sealed class StopServiceTests
{
    private static readonly PeerId Source = TestPeers.Key(3).PeerId;

    private ManualTimeProvider _time = null!;
    private RecordingLogger _log = null!;
    private InMemoryNetwork _network = null!;
    private InMemoryHost _relay = null!;
    private InMemoryHost _destination = null!;
    private StopService? _service;

    [SetUp]
    public void ConnectHosts()
    {
        _time = new ManualTimeProvider();
        _log = new RecordingLogger();
        _network = new InMemoryNetwork();
        _relay = _network.AddHost();
        _destination = _network.AddHost();
        _network.Connect(_destination, _relay);
        _service = null;
    }

    [TearDown]
    public async Task Nothing_is_left()
    {
        if (_service is not null)
            await _service.DisposeAsync();
        await _network.DisposeAsync();
        _log.Dispose();
        Assert.That(_time.ActiveTimers, Is.Zero);
    }

    [Test]
    public async Task An_accepted_circuit_says_who_comes_and_carries_bytes_until_the_call_ends()
    {
        InboundCircuit? seen = null;
        Serve(async circuit =>
        {
            seen = circuit;
            await using CircuitStream stream = await circuit.AcceptAsync();
            byte[] buffer = new byte[100];
            for (int read; (read = await stream.ReadAsync(buffer, CancellationToken.None)) > 0;)
                await stream.WriteAsync(buffer.AsMemory(0, read), CancellationToken.None);
            await stream.CloseWriteAsync(CancellationToken.None);
        });
        IHostStream stop = await OpenStopAsync();

        await stop.SendAsync(RawStop.Connect(Source).With(3, new RawMessage().With(1, 120).With(2, 131072)));
        Assert.That((await stop.ReceiveMessageAsync()).ToBytes(), Is.EqualTo(RawStop.Answer(Status.Ok).ToBytes()));
        await stop.SendAsync("echo"u8.ToArray());
        await stop.FinishAsync();

        Assert.That(await stop.ReceiveAllAsync(), Is.EqualTo("echo"u8.ToArray()));
        Assert.That((seen!.Source, seen.Relay, seen.RelayAddress), Is.EqualTo((Source, _relay.LocalPeer, _relay.Address)));
        Assert.That(seen.Limit, Is.EqualTo(new CircuitLimit(TimeSpan.FromMinutes(2), 131072)));
    }

    [Test]
    public async Task A_refused_circuit_hears_its_status()
    {
        Serve(circuit => circuit.RefuseAsync(Status.PermissionDenied).AsTask());
        Assert.That(await AskAsync(RawStop.Connect(Source)), Is.EqualTo(Status.PermissionDenied));
    }

    [Test]
    public async Task A_circuit_nobody_answers_is_refused()
    {
        Serve(_ => Task.CompletedTask);
        Assert.That(await AskAsync(RawStop.Connect(Source)), Is.EqualTo(Status.ConnectionFailed));
    }

    [Test]
    public async Task A_failing_application_refuses_the_circuit_and_is_logged()
    {
        var broken = new InvalidOperationException("broken");
        Serve(_ => throw broken);
        Assert.That(await AskAsync(RawStop.Connect(Source)), Is.EqualTo(Status.ConnectionFailed));
        Assert.That(_log.AtLeast(LogLevel.Error).Select(e => e.Exception), Is.EqualTo([broken]));
    }

    [Test]
    public async Task An_application_that_fails_in_the_circuit_resets_it()
    {
        Serve(async circuit =>
        {
            await circuit.AcceptAsync();
            throw new InvalidOperationException("broken");
        });
        IHostStream stop = await OpenStopAsync();
        await stop.SendAsync(RawStop.Connect(Source));
        Assert.That((await stop.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
    }

    [Test]
    public async Task A_circuit_is_answered_once()
    {
        var errors = new TaskCompletionSource<Exception?[]>();
        Serve(async circuit =>
        {
            Exception? ok = await Catch(() => circuit.RefuseAsync(Status.Ok).AsTask());
            await circuit.AcceptAsync();
            errors.SetResult([ok, await Catch(() => circuit.AcceptAsync().AsTask()), await Catch(() => circuit.RefuseAsync().AsTask())]);
        });
        IHostStream stop = await OpenStopAsync();
        await stop.SendAsync(RawStop.Connect(Source));

        Exception?[] caught = await errors.Task.InTime();
        Assert.That(caught[0], Is.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(caught[1..], Is.All.InstanceOf<InvalidOperationException>());
        await stop.DisposeAsync();

        static async Task<Exception?> Catch(Func<Task> action)
        {
            try
            {
                await action();
                return null;
            }
            catch (Exception e)
            {
                return e;
            }
        }
    }

    [TestCase("00", Status.MalformedMessage)]
    [TestCase("8120", Status.MalformedMessage)]
    [TestCase("03ffffff", Status.MalformedMessage)]
    [TestCase("022064", Status.MalformedMessage)]
    [TestCase("020807", Status.MalformedMessage)]
    [TestCase("020800", Status.MalformedMessage)]
    [TestCase("09080012050a03ffffff", Status.MalformedMessage)]
    [TestCase("0408012064", Status.UnexpectedMessage)]
    public async Task What_is_no_request_is_told_so(string hex, Status status)
    {
        Serve(_ => throw new InvalidOperationException("not to be called"));
        IHostStream stop = await OpenStopAsync();
        await stop.SendAsync(Convert.FromHexString(hex));
        Assert.That(RawStop.StatusOf(await stop.ReceiveMessageAsync()), Is.EqualTo(status));
        Assert.That(await stop.ReceiveAllAsync(), Is.Empty);
        await stop.FinishAsync();
    }

    [Test]
    public async Task Half_a_request_and_silence_is_reset_when_its_time_is_over()
    {
        Serve(_ => Task.CompletedTask);
        IHostStream stop = await OpenStopAsync();
        await stop.SendAsync([10, 8]);
        await _time.TimerIsArmedAsync(TimeSpan.FromSeconds(60));
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.That(await stop.ReceiveUntilResetAsync(), Is.EqualTo((0L, HostStreamError.Reset)));
    }

    [Test]
    public async Task Nobody_comes_over_two_relays()
    {
        Serve(_ => throw new InvalidOperationException("not to be called"));
        InMemoryHost far = _network.AddHost();
        IHostStream stop = _network.Connect(far, _destination, isRelayed: true).OpenStream(far, CircuitProtocol.Stop);
        await stop.SendAsync(RawStop.Connect(Source));
        Assert.That(RawStop.StatusOf(await stop.ReceiveMessageAsync()), Is.EqualTo(Status.PermissionDenied));
        await stop.DisposeAsync();
    }

    [Test]
    public async Task Disposing_resets_circuits_waits_for_the_application_and_withdraws_the_protocol()
    {
        var ended = new TaskCompletionSource();
        Serve(async circuit =>
        {
            CircuitStream stream = await circuit.AcceptAsync();
            try
            {
                await stream.ReadAsync(new byte[1], CancellationToken.None);
            }
            finally
            {
                ended.SetResult();
            }
        });
        IHostStream stop = await OpenStopAsync();
        await stop.SendAsync(RawStop.Connect(Source));
        await stop.ReceiveMessageAsync();

        await _service!.DisposeAsync().InTime();

        Assert.That(ended.Task.IsCompleted);
        Assert.That(_destination.Protocols, Is.Empty);
        Assert.That((await stop.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
        await _service.DisposeAsync().InTime();
    }

    [Test]
    public async Task Damaged_frames_end_in_an_answer_and_a_good_one_is_served()
    {
        Serve(async circuit =>
        {
            CircuitStream stream = await circuit.AcceptAsync();
            await stream.CloseWriteAsync(CancellationToken.None);
            while (await stream.ReadAsync(new byte[100], CancellationToken.None) > 0)
            {
                // What comes after the damage is nobody's.
            }
        });
        foreach (byte[] frame in Mutations.Of([RawStop.Connect(Source).ToFrame(), RawStop.Answer(Status.Ok).ToFrame()], seed: 31, 500))
        {
            await using IHostStream stop = await OpenStopAsync();
            await stop.SendAsync(frame);
            await stop.FinishAsync();
            await stop.ReceiveToEndAsync();
        }

        IHostStream good = await OpenStopAsync();
        await good.SendAsync(RawStop.Connect(Source));
        Assert.That(RawStop.StatusOf(await good.ReceiveMessageAsync()), Is.EqualTo(Status.Ok));
        Assert.That(_log.AtLeast(LogLevel.Warning), Is.Empty);
        await good.DisposeAsync();
    }

    private void Serve(Func<InboundCircuit, Task> accept) => _service = new StopService(_destination, accept, _time, _log);

    private Task<IHostStream> OpenStopAsync() => _relay.OpenStreamAsync(_destination.LocalPeer, CircuitProtocol.Stop, CancellationToken.None).InTime();

    private async Task<Status> AskAsync(RawMessage request)
    {
        IHostStream stop = await OpenStopAsync();
        await stop.SendAsync(request);
        Status status = RawStop.StatusOf(await stop.ReceiveMessageAsync());
        Assert.That(await stop.ReceiveAllAsync(), Is.Empty);
        await stop.FinishAsync();
        return status;
    }
}
