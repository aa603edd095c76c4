using Relay.Multiformats;

namespace Relay;

/// <summary>
/// Members from a function of the application: a database, a service, a list that it keeps. Thread-safe as far as the function is. Call
/// <see cref="NotifyChanged"/> when somebody joined or left, and the nodes read at once rather than at their next refresh.
/// </summary>
public sealed class DelegateMembershipSource : IMembershipSource
{
    private readonly Func<CancellationToken, ValueTask<MembershipSnapshot>> _read;

    /// <summary>Creates a source of complete snapshots.</summary>
    /// <param name="kind">What they mean.</param>
    /// <param name="read">Takes one; see <see cref="IMembershipSource.ReadAsync"/>.</param>
    public DelegateMembershipSource(MembershipKind kind, Func<CancellationToken, ValueTask<MembershipSnapshot>> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        Kind = kind;
        _read = read;
    }

    /// <summary>Creates a source from a function that returns the members and no more.</summary>
    /// <param name="kind">What an answer means.</param>
    /// <param name="read">Returns the members; see <see cref="IMembershipSource.ReadAsync"/>.</param>
    /// <param name="timeProvider">Stamps the snapshots; the system's when null.</param>
    public DelegateMembershipSource(
        MembershipKind kind, Func<CancellationToken, ValueTask<IEnumerable<PeerId>>> read, TimeProvider? timeProvider = null)
        : this(kind, Stamp(kind, read, timeProvider ?? TimeProvider.System))
    {
    }

    private event Action? Changed;

    /// <inheritdoc/>
    public MembershipKind Kind { get; }

    /// <inheritdoc/>
    public ValueTask<MembershipSnapshot> ReadAsync(CancellationToken cancellationToken) => _read(cancellationToken);

    /// <inheritdoc/>
    public IDisposable OnChanged(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        Action own = () => callback(); // a delegate of its own, so that ending one subscription never ends an equal one
        Changed += own;
        return new Subscription(() => Changed -= own);
    }

    /// <summary>Says that somebody joined or left.</summary>
    public void NotifyChanged() => Changed?.Invoke();

    /// <summary>What it is.</summary>
    public override string ToString() => "function of the application";

    private static Func<CancellationToken, ValueTask<MembershipSnapshot>> Stamp(
        MembershipKind kind, Func<CancellationToken, ValueTask<IEnumerable<PeerId>>> read, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(read);
        return async cancellationToken =>
        {
            DateTimeOffset takenAt = timeProvider.GetUtcNow();
            IEnumerable<PeerId> members = await read(cancellationToken).ConfigureAwait(false);
            return new MembershipSnapshot(kind, takenAt, members.Select(peer => new Member(peer)));
        };
    }
}
