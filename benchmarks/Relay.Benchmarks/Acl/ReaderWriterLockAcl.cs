using Relay.Circuit;
using Relay.Multiformats;

namespace Relay.Benchmarks.Acl;

/// <summary>A plain set under a lock that lets readers in together. Each of them still writes to the lock, which is what they then wait for.</summary>
internal sealed class ReaderWriterLockAcl : IRelayAclFilter, IDisposable
{
    private readonly ReaderWriterLockSlim _lock = new();
    private HashSet<PeerId> _members = [];

    public AclVerdict AllowReserve(PeerId peer, Multiaddress address)
    {
        _lock.EnterReadLock();
        try
        {
            return _members.Contains(peer);
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    public AclVerdict AllowConnect(PeerId source, Multiaddress sourceAddress, PeerId destination) => true;

    public void Replace(PeerId[] members)
    {
        HashSet<PeerId> next = [.. members];
        _lock.EnterWriteLock();
        try
        {
            _members = next;
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    public void Dispose() => _lock.Dispose();
}
