using Relay.Multiformats;

namespace Relay.LoadTest.Relays;

/// <summary>A relay in a process of its own. Disposing it ends the process if this run has started it.</summary>
internal abstract class RelayUnderTest : IAsyncDisposable
{
    /// <summary>What it is called in the results.</summary>
    public required string Name { get; init; }

    /// <summary>Where it listens; ends in <c>/p2p/ID</c>.</summary>
    public required Multiaddress Address { get; init; }

    /// <summary>Its process.</summary>
    public required int Pid { get; init; }

    /// <summary>Bytes its garbage-collected heap has in use; null when it does not tell.</summary>
    public virtual Task<long?> HeapAsync() => Task.FromResult<long?>(null);

    public virtual ValueTask DisposeAsync() => default;
}
