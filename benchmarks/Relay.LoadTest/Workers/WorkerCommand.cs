using System.Text.Json.Serialization;
using Relay.LoadTest.Peers;

namespace Relay.LoadTest.Workers;

/// <summary>What a worker process is asked to do: one JSON object on a line, answered by one <see cref="WorkerReply"/> when it is done.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "command")]
[JsonDerivedType(typeof(Create), "create")]
[JsonDerivedType(typeof(Connect), "connect")]
[JsonDerivedType(typeof(Reserve), "reserve")]
[JsonDerivedType(typeof(Open), "open")]
[JsonDerivedType(typeof(TryConnects), "tryConnects")]
[JsonDerivedType(typeof(Send), "send")]
[JsonDerivedType(typeof(Flood), "flood")]
[JsonDerivedType(typeof(Halt), "halt")]
[JsonDerivedType(typeof(Ping), "ping")]
[JsonDerivedType(typeof(Close), "close")]
[JsonDerivedType(typeof(Leave), "leave")]
internal abstract record WorkerCommand
{
    /// <summary>Adds that many peers, each somebody new, not connected to anything. Replies with their ids.</summary>
    public sealed record Create(PeerKind Kind, int Count) : WorkerCommand;

    /// <summary>Connects each peer that is not connected to the relay. Replies with the time of each.</summary>
    public sealed record Connect(string Relay, int Concurrency) : WorkerCommand;

    /// <summary>
    /// Lets the peers reserve in turn, connecting those that are not connected, <paramref name="Count"/> times in all. Replies with the time of each.
    /// </summary>
    public sealed record Reserve(string Relay, int Count, int Concurrency) : WorkerCommand;

    /// <summary>Opens circuits from the peers in turn to the destinations in turn, and keeps them. Replies with the time of each.</summary>
    public sealed record Open(string Relay, string[] Destinations, int Count, int Concurrency) : WorkerCommand;

    /// <summary>
    /// Opens circuits where the last ones were opened to, one after the other, and closes each at once. Replies with the time each took to open.
    /// </summary>
    public sealed record TryConnects(string Relay, Repeat Repeat) : WorkerCommand;

    /// <summary>Sends that many bytes through each open circuit, through all at once; done when the far ends have them.</summary>
    public sealed record Send(long BytesPerCircuit, int ChunkLength) : WorkerCommand;

    /// <summary>Begins to send through all open circuits, without end. Replies at once.</summary>
    public sealed record Flood(int ChunkLength) : WorkerCommand;

    /// <summary>Ends the flood. Replies with the bytes it has carried.</summary>
    public sealed record Halt : WorkerCommand;

    /// <summary>Pings, one after the other: through the first open circuit, or the relay itself when one is named. Replies with the time of each.</summary>
    public sealed record Ping(Repeat Repeat, string? Relay) : WorkerCommand;

    /// <summary>Closes all circuits.</summary>
    public sealed record Close : WorkerCommand;

    /// <summary>Closes all circuits and disposes all peers.</summary>
    public sealed record Leave : WorkerCommand;
}
