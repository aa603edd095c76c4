using BenchmarkDotNet.Attributes;
using Relay.Circuit;
using Relay.Multiformats;

namespace Relay.Benchmarks.Acl;

/// <summary>
/// Do lookups stay as fast when two threads ask at once, and while somebody replaces the members all the time? And does the writer get its turn?
/// </summary>
/// <remarks>
/// One and two readers: a design scales when the time per lookup and reader stays the same; with a lock it rises. The writer replaces the set, a hundredth
/// of it changed, and pauses a millisecond: thousands of times as often as a relay does, so that what a swap costs the readers shows. Two sizes: one that
/// swaps in microseconds, and one whose rebuild takes longer than the pause. How many swaps were done is printed when a case ends.
/// </remarks>
public class AclUnderSwapBenchmarks
{
    private const int Rounds = 4; // so that starting the readers costs nothing beside what they do

    private ReaderTeam _readers = null!;
    private SwappingWriter _writer = null!;

    [Params(1, 2)]
    public int Readers { get; set; }

    [Params(1_000, 100_000)]
    public int Members { get; set; }

    [GlobalSetup(Target = nameof(FrozenSet))]
    public void UseFrozenSet()
    {
        var acl = new NetworkOnlyAcl();
        Use(acl, acl.ReplaceMembers);
    }

    [GlobalSetup(Target = nameof(ConcurrentDictionary))]
    public void UseConcurrentDictionary()
    {
        var acl = new ConcurrentDictionaryAcl();
        Use(acl, acl.Replace);
    }

    [GlobalSetup(Target = nameof(HashSetAndLock))]
    public void UseHashSetAndLock()
    {
        var acl = new LockedHashSetAcl();
        Use(acl, acl.Replace);
    }

    [GlobalSetup(Target = nameof(ReaderWriterLockSlim))]
    public void UseReaderWriterLockSlim()
    {
        var acl = new ReaderWriterLockAcl();
        Use(acl, acl.Replace);
    }

    [GlobalSetup(Target = nameof(ImmutableHashSet))]
    public void UseImmutableHashSet()
    {
        var acl = new ImmutableHashSetAcl();
        Use(acl, acl.Replace);
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _writer.Dispose();
        _readers.Dispose();
        Console.WriteLine($"// {Members} members, {Readers} reader(s): {_writer.SwapsPerSecond:F0} swaps per second");
    }

    [Benchmark(Baseline = true, Description = "FrozenSet (NetworkOnlyAcl)", OperationsPerInvoke = Rounds * AclProbes.Count)]
    public void FrozenSet() => _readers.RunOnce();

    [Benchmark(OperationsPerInvoke = Rounds * AclProbes.Count)]
    public void ConcurrentDictionary() => _readers.RunOnce();

    [Benchmark(Description = "HashSet + lock", OperationsPerInvoke = Rounds * AclProbes.Count)]
    public void HashSetAndLock() => _readers.RunOnce();

    [Benchmark(Description = "HashSet + ReaderWriterLockSlim", OperationsPerInvoke = Rounds * AclProbes.Count)]
    public void ReaderWriterLockSlim() => _readers.RunOnce();

    [Benchmark(OperationsPerInvoke = Rounds * AclProbes.Count)]
    public void ImmutableHashSet() => _readers.RunOnce();

    private void Use(IRelayAclFilter acl, Action<PeerId[]> replace)
    {
        PeerId[] members = AclProbes.Members(Members);
        PeerId[] changed = [.. members.Skip(Members / 100), .. SeededPeers.Make(Members / 100, seed: 3)];
        PeerId[] probes = AclProbes.Make(members, Probe.Hit);
        replace(members);
        _writer = new SwappingWriter(() => replace(changed), () => replace(members));
        _readers = new ReaderTeam(Readers, () =>
        {
            for (int i = 0; i < Rounds; i++)
                AclProbes.Ask(acl, probes);
        });
    }
}
