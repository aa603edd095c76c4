namespace Relay;

/// <summary>
/// Says who the members of the network are. The node reads it once at start and then every
/// <see cref="RelayServiceConfig.NetworkOnlyRefresh"/>, and at once when it signals a change, but not within 250 ms of the last read. Created
/// and disposed by whoever passes it to the node; one source can serve several nodes.
/// </summary>
public interface IMembershipSource
{
    /// <summary>What the snapshots of this source mean. Authoritative unless a source says otherwise.</summary>
    MembershipKind Kind => MembershipKind.Authoritative;

    /// <summary>
    /// Takes a snapshot. Any exception, a snapshot of another <see cref="Kind"/> and an answer that takes longer than
    /// <see cref="MembershipConfig.ReadTimeout"/> count as a failure: the node keeps the last members it knew, says so, and tries again after
    /// a second, then after twice that, and so on up to the refresh interval, or 30 s if that is longer.
    /// </summary>
    /// <remarks>A node never calls it while a call of its own is running; several nodes may.</remarks>
    /// <param name="cancellationToken">Cancelled when the node stops or no longer waits for the answer.</param>
    ValueTask<MembershipSnapshot> ReadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Asks to be told that members joined or left. A source that cannot tell, as by default, is only read at every refresh.
    /// </summary>
    /// <remarks>When the read that a signal brought about fails, signals are ignored until the source has been tried again on the node's own account.</remarks>
    /// <param name="callback">Quick, thread-safe and never throws; several signals before the next read are one.</param>
    /// <returns>The subscription; dispose it to end it.</returns>
    IDisposable OnChanged(Action callback) => Subscription.None;
}
