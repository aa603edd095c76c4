using Relay.Circuit.Host;
using Relay.Circuit.Wire;
using Relay.Multiformats;

namespace Relay.Circuit;

public sealed partial class RelayClient
{
    /// <summary>Opens a circuit to <paramref name="destination"/> through <paramref name="relay"/>.</summary>
    /// <param name="relay">A peer there is a direct connection to.</param>
    /// <param name="destination">A peer that holds a reservation on it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The source end of the circuit; the caller disposes it.</returns>
    /// <exception cref="RelayException">The relay refused or did not answer.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> fired.</exception>
    public async Task<CircuitStream> ConnectAsync(PeerId relay, PeerId destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(relay);
        ArgumentNullException.ThrowIfNull(destination);
        (IHostStream stream, _, HopMessage answer) = await AskAsync(relay, HopMessages.Connect(destination), cancellationToken).ConfigureAwait(false);
        LogConnected(relay, destination);
        return new CircuitStream(stream, destination, LimitCodec.FromWire(answer.Limit));
    }
}
