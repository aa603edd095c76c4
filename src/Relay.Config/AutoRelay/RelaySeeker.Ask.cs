using Relay.Circuit;
using Relay.Libp2p;
using Relay.Multiformats;

namespace Relay.AutoRelay;

// Requests to relays, and the connections they are made on.
internal sealed partial class RelaySeeker
{
    /// <summary>How long a relay may take from dialing to its answer.</summary>
    public static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<PeerId, ConnectionLoan> _loans = []; // what the reservations that are held need

    /// <summary>Reserves on a relay for the application.</summary>
    /// <exception cref="InvalidOperationException">The node is not started.</exception>
    public async Task<Reservation> ReserveAsync(PeerId relay, Multiaddress address, CancellationToken cancellationToken)
    {
        SeekerRun? run = Volatile.Read(ref _run);
        Task<Reservation> request = run?.Track(() => AskForApplicationAsync(run, relay, address, cancellationToken))
            ?? throw new InvalidOperationException("The node is not started.");
        return await request.ConfigureAwait(false);
    }

    private async Task<Reservation> AskForApplicationAsync(SeekerRun run, PeerId relay, Multiaddress address, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, run.Stopping);
        Table.Asking(relay, address);
        try
        {
            return await AskAsync(relay, [address], either.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (either.IsCancellationRequested)
                Table.Withdrawn(relay);
            else
                Fail(relay, e, address);
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new DialException(DialError.ConnectFailed, "The node was stopped.", e);
            throw;
        }
        finally
        {
            run.Signal();
        }
    }

    private async Task<bool> AskInBackgroundAsync(SeekerRun run, PeerId relay, IReadOnlyList<Multiaddress> addresses)
    {
        using var deadline = new CancellationTokenSource(AskTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, run.Stopping);
        try
        {
            await AskAsync(relay, addresses, either.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (run.Stopping.IsCancellationRequested)
                Table.Withdrawn(relay);
            else
                Guard(() => Fail(relay, e is OperationCanceledException ? new TimeoutException($"It took longer than {AskTimeout.TotalSeconds:0} s.", e) : e));
        }

        run.Signal();
        return true;
    }

    private async Task<Reservation> AskAsync(PeerId relay, IReadOnlyList<Multiaddress> addresses, CancellationToken cancellationToken)
    {
        (ConnectionLoan loan, Multiaddress dialed) = await StaggeredDial.ConnectAsync(_node, addresses, _time, cancellationToken).ConfigureAwait(false);
        try
        {
            Reservation reservation = await _client.ReserveAsync(relay, cancellationToken).ConfigureAwait(false);

            // Of a connection that was there already, its own address is the one that works.
            bool isOther = loan is { IsNew: false, Connection.IsOutbound: true } && addresses.Count > 1;
            bool isRenewal = Table.Granted(reservation, isOther ? loan.Connection.RemoteAddress.WithPeerId(relay) : dialed);
            Keep(relay, loan);
            Guard(() => _instruments.CountRequest(isRenewal));

            // One that ended before the table knew of the reservation took it along, and its end has been told already.
            if (reservation.Connection is Connection { Closed.IsCompleted: true } closed)
                OnClosed(closed);
            return reservation;
        }
        catch
        {
            loan.Dispose();
            throw;
        }
    }

    private void Fail(PeerId relay, Exception e, Multiaddress? triedAt = null)
    {
        var failure = RelayFailure.From(e);
        Table.Failed(relay, failure, triedAt);
        _instruments.CountRequest(failure.Reason);
    }

    private void Keep(PeerId relay, ConnectionLoan loan)
    {
        ConnectionLoan? before;
        lock (_gate)
        {
            _loans.Remove(relay, out before);
            _loans.Add(relay, loan);
        }

        before?.Dispose();
    }

    /// <summary>Gives connections back that no reservation needs any more.</summary>
    private void ReleaseUnneeded()
    {
        List<ConnectionLoan> over = [];
        lock (_gate)
        {
            foreach (PeerId relay in _loans.Keys.Where(relay => !Table.Needs(relay)).ToArray())
            {
                _loans.Remove(relay, out ConnectionLoan? loan);
                over.Add(loan!);
            }
        }

        foreach (ConnectionLoan loan in over)
            loan.Dispose();
    }
}
