using Relay.Multiformats;

namespace Relay.Tests;

/// <summary>A source that says what it is told to.</summary>
internal sealed class ToldSource(MembershipKind kind) : IMembershipSource
{
    private PeerId[] _members = [];
    private bool _fails;
    private Action? _changed;
    private int _reads;

    public MembershipKind Kind => kind;

    public int Reads => Volatile.Read(ref _reads);

    public void Names(params PeerId[] members)
    {
        Volatile.Write(ref _fails, false);
        Volatile.Write(ref _members, members);
    }

    public void Fails() => Volatile.Write(ref _fails, true);

    public void Signal() => _changed?.Invoke();

    public ValueTask<MembershipSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        if (Volatile.Read(ref _fails))
            throw new IOException("gone");
        return ValueTask.FromResult(new MembershipSnapshot(kind, default, Volatile.Read(ref _members).Select(peer => new Member(peer))));
    }

    public IDisposable OnChanged(Action callback)
    {
        _changed += callback;
        return new Ending(() => _changed -= callback);
    }

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
