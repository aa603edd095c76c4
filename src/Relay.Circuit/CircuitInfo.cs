using Relay.Circuit.Live;
using Relay.Multiformats;

namespace Relay.Circuit;

/// <summary>An open circuit, as it was at one moment. Immutable.</summary>
public sealed class CircuitInfo
{
    private readonly LiveCircuit _circuit;

    internal CircuitInfo(LiveCircuit circuit, TimeSpan age)
    {
        _circuit = circuit;
        Age = age;
        BytesToDestination = circuit.Splice.BytesToDestination;
        BytesToSource = circuit.Splice.BytesToSource;
    }

    /// <summary>Its number, unique within the relay service: tells circuits of the same two peers apart.</summary>
    public long Id => _circuit.Id;

    /// <summary>The peer that asked for it.</summary>
    public PeerId Source => _circuit.Source;

    /// <summary>The address of that peer's connection.</summary>
    public Multiaddress SourceAddress => _circuit.SourceAddress;

    /// <summary>The peer it leads to.</summary>
    public PeerId Destination => _circuit.Destination;

    /// <summary>The address of that peer's connection.</summary>
    public Multiaddress DestinationAddress => _circuit.DestinationAddress;

    /// <summary>Why it was admitted; the detail is what the access-control filter gave as its reason.</summary>
    public Decision Admitted => _circuit.Admitted;

    /// <summary>When it was opened.</summary>
    public DateTimeOffset OpenedAt => _circuit.OpenedAt;

    /// <summary>How long it had been open.</summary>
    public TimeSpan Age { get; }

    /// <summary>When it will have lasted as long as it may, or the last date there is; null when its duration is unlimited.</summary>
    public DateTimeOffset? ExpiresAt => _circuit.MaxDuration is { } longest
        ? longest < DateTimeOffset.MaxValue - OpenedAt ? OpenedAt + longest : DateTimeOffset.MaxValue
        : null;

    /// <summary>Bytes carried from source to destination.</summary>
    public long BytesToDestination { get; }

    /// <summary>Bytes carried from destination to source.</summary>
    public long BytesToSource { get; }
}
