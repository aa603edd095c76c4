namespace Relay.Libp2p;

/// <summary>
/// A connection that somebody needs for a while (<see cref="Libp2pNode.BorrowAsync"/>). Whoever got it disposes it: a connection that was opened for loans, and that
/// nobody has asked for but for loans that are over, is then closed as soon as no stream is open on it. Any other stays as it is. Thread-safe.
/// </summary>
public sealed class ConnectionLoan : IDisposable
{
    private readonly Registration _loan;

    internal ConnectionLoan(Connection connection, bool isNew, Action end)
    {
        Connection = connection;
        IsNew = isNew;
        _loan = new Registration(end);
    }

    /// <summary>The connection.</summary>
    public Connection Connection { get; }

    /// <summary>Whether it was opened for this loan; otherwise it was there already.</summary>
    public bool IsNew { get; }

    /// <summary>Gives it back, without waiting for what comes of that. Disposing twice does nothing more.</summary>
    public void Dispose() => _loan.Dispose();
}
