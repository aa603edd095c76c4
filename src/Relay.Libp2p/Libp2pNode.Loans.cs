using Relay.Multiformats;

namespace Relay.Libp2p;

// Connections that are needed for a while only.
public sealed partial class Libp2pNode
{
    /// <summary>
    /// Connects to <paramref name="address"/> as <see cref="DialAsync"/> does, for a while: a connection that was opened for this does not outlive the loan, unless
    /// somebody else has asked for it meanwhile.
    /// </summary>
    /// <returns>The loan; the caller disposes it.</returns>
    /// <inheritdoc cref="DialAsync"/>
    public Task<ConnectionLoan> BorrowAsync(Multiaddress address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        return _tasks.IncludeAsync(async () =>
        {
            (Connection connection, bool isNew) = await ConnectAsync(address, onLoan: true, cancellationToken).ConfigureAwait(false);
            return new ConnectionLoan(connection, isNew, () => _tasks.Run(() => TakeBackAsync(connection)));
        });
    }

    /// <summary>
    /// Closes the direct connections that <paramref name="peer"/> has made, that this node has not asked for itself, and on which no stream is open. Does not wait for
    /// it, and leaves all others alone.
    /// </summary>
    public void CloseIdle(PeerId peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        foreach (Connection connection in _connections.RetireIdle(peer))
            _tasks.Run(connection.CloseAsync);
    }

    private async Task TakeBackAsync(Connection connection)
    {
        _connections.TakeBack(connection);
        while (!connection.Closed.IsCompleted && _connections.IsUnneeded(connection))
        {
            if (_connections.TryRetire(connection))
                await connection.CloseAsync().ConfigureAwait(false);
            else
                await connection.WhenIdle().ConfigureAwait(false);
        }
    }
}
