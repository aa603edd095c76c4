using System.Threading.Channels;
using Relay.Circuit;
using Relay.Circuit.Host;
using Relay.TestKit.Wire;

namespace Relay.TestKit.Contracts;

/// <summary>
/// A destination made of bytes: takes STOP streams, reads the request, does what the test says, and keeps the stream until it is disposed.
/// </summary>
public sealed class ScriptedDestination : IDisposable
{
    private readonly Channel<(RawMessage Request, IHostStream Stream)> _arrivals = Channel.CreateUnbounded<(RawMessage, IHostStream)>();
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IDisposable _registration;

    /// <summary>Serves STOP on <paramref name="host"/>.</summary>
    /// <param name="host">The destination.</param>
    /// <param name="answer">What it does with a stream whose request was read; without it, it says OK.</param>
    public ScriptedDestination(IRelayHost host, Func<IHostStream, Task>? answer = null)
    {
        answer ??= stream => stream.SendAsync(RawStop.Answer(Status.Ok));
        _registration = host.Handle(CircuitProtocol.Stop, async stream =>
        {
            try
            {
                RawMessage request = await stream.ReceiveMessageAsync();
                await answer(stream);
                await _arrivals.Writer.WriteAsync((request, stream));
                await _released.Task;
            }
            catch (HostStreamException)
            {
                // The relay has given up, which is for the test to see.
            }
        });
    }

    /// <summary>The next request that was answered, with its stream.</summary>
    public Task<(RawMessage Request, IHostStream Stream)> NextAsync() => _arrivals.Reader.ReadAsync().InTime();

    /// <summary>Lets go of the streams.</summary>
    public void Dispose()
    {
        _registration.Dispose();
        _released.TrySetResult();
    }
}
