using Relay.Libp2p;
using Relay.Multiformats;

namespace Relay.AutoRelay;

/// <summary>
/// Connects to a peer that has several addresses (RFC 8305, section 5): the next one is tried a moment after the one before, or as soon as that has failed, and the
/// first that works ends the others. An address that swallows everything costs that moment, and not the whole time there is.
/// </summary>
internal static class StaggeredDial
{
    /// <summary>How long an address has to itself: what RFC 8305 recommends.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(250);

    /// <exception cref="DialException">None of them works; it is the failure of the last.</exception>
    public static async Task<(ConnectionLoan Loan, Multiaddress Address)> ConnectAsync(
        Libp2pNode node, IReadOnlyList<Multiaddress> addresses, TimeProvider time, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var dials = new Dictionary<Task<ConnectionLoan>, Multiaddress>();
        DialException? failure = null;
        try
        {
            for (int next = 0; next < addresses.Count || dials.Count > 0;)
            {
                if (next < addresses.Count)
                    dials.Add(node.BorrowAsync(addresses[next], enough.Token), addresses[next++]);
                if (await FirstAsync(dials.Keys, next < addresses.Count, time, enough.Token).ConfigureAwait(false) is not { } ended)
                    continue;
                dials.Remove(ended, out Multiaddress? address);
                try
                {
                    return (await ended.ConfigureAwait(false), address!);
                }
                catch (DialException e)
                {
                    failure = e;
                }
            }
        }
        finally
        {
            await enough.CancelAsync().ConfigureAwait(false);
            foreach (Task<ConnectionLoan> dial in dials.Keys)
                await GiveUpAsync(dial).ConfigureAwait(false);
        }

        throw failure ?? new DialException(DialError.UnsupportedAddress, "No address of it is known.");
    }

    /// <summary>The first dial to end; null when it is time for the next.</summary>
    private static async Task<Task<ConnectionLoan>?> FirstAsync(
        IEnumerable<Task<ConnectionLoan>> dials, bool hasMore, TimeProvider time, CancellationToken cancellationToken)
    {
        Task<Task<ConnectionLoan>> first = Task.WhenAny(dials);
        if (hasMore)
            await ((Task)first).WaitAsync(Delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        else
            await first.ConfigureAwait(false);
        return first.IsCompleted ? await first.ConfigureAwait(false) : null;
    }

    // Another one was first; this one may have worked all the same.
    private static async Task GiveUpAsync(Task<ConnectionLoan> dial)
    {
        try
        {
            (await dial.ConfigureAwait(false)).Dispose();
        }
        catch (Exception e) when (e is DialException or OperationCanceledException or InvalidOperationException)
        {
            // Not needed.
        }
    }
}
