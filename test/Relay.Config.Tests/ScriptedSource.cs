using System.Threading.Channels;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests;

/// <summary>A membership source that waits, at each read, for the test to say what it answers.</summary>
internal sealed class ScriptedSource(MembershipKind kind) : IMembershipSource
{
    private readonly Channel<Read> _reads = Channel.CreateUnbounded<Read>();
    private Action? _changed;
    private int _running;
    private int _begun;

    public MembershipKind Kind => kind;

    /// <summary>The most reads that ever ran at once.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>How many reads have begun.</summary>
    public int Reads => Volatile.Read(ref _begun);

    public int Subscribers { get; private set; }

    /// <summary>Whether ending a subscription throws, after it has been ended.</summary>
    public bool FailsToUnsubscribe { get; set; }

    public async ValueTask<MembershipSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _running));
        Interlocked.Increment(ref _begun);
        var read = new Read(kind, cancellationToken);
        _reads.Writer.TryWrite(read);
        try
        {
            return await read.Answer.Task;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public IDisposable OnChanged(Action callback)
    {
        _changed += callback;
        Subscribers++;
        return new End(() =>
        {
            _changed -= callback;
            Subscribers--;
            if (FailsToUnsubscribe)
                throw new InvalidOperationException("It cannot be unsubscribed from.");
        });
    }

    /// <summary>Says that something changed.</summary>
    public void Signal() => _changed?.Invoke();

    /// <summary>Waits for the next read.</summary>
    public Task<Read> NextReadAsync() => _reads.Reader.ReadAsync().InTime();

    /// <summary>Whether there is a read that nobody has looked at.</summary>
    public bool HasRead => _reads.Reader.TryPeek(out _);

    /// <summary>A read that waits for its answer.</summary>
    internal sealed record Read(MembershipKind Kind, CancellationToken Cancellation)
    {
        public TaskCompletionSource<MembershipSnapshot> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Returns(params IEnumerable<PeerId> members) => Returns(members.Select(peer => new Member(peer)));

        public void Returns(IEnumerable<Member> members, IEnumerable<InvalidMember>? invalid = null)
            => Answer.SetResult(new MembershipSnapshot(Kind, DateTimeOffset.UnixEpoch, members, invalid));

        public void Fails(Exception exception) => Answer.SetException(exception);
    }

    private sealed class End(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
