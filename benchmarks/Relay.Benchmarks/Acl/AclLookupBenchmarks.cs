using BenchmarkDotNet.Attributes;
using Relay.Circuit;
using Relay.Multiformats;

namespace Relay.Benchmarks.Acl;

/// <summary>
/// What does it cost to ask whether a peer is a member, against the other ways to keep a set that is read at every request and replaced twice a minute?
/// </summary>
/// <remarks>
/// From nobody to a million members, as the answer depends on which cache the set fits into. Hits and misses apart: strangers are what a public relay hears
/// most, and a frozen set answers them faster. All are asked through the interface, as the relay asks; each row is one lookup, and must allocate nothing.
/// </remarks>
public class AclLookupBenchmarks
{
    private readonly List<IDisposable> _owned = [];
    private PeerId[] _probes = [];
    private IRelayAclFilter _acl = null!;

    /// <summary>The cases: with no members nobody can be one.</summary>
    public static IEnumerable<AclCase> Cases =>
    [
        new(0, Probe.Miss),
        .. new[] { 16, 1_000, 10_000, 100_000, 1_000_000 }.SelectMany(static members => new AclCase[] { new(members, Probe.Hit), new(members, Probe.Miss) }),
    ];

    [ParamsSource(nameof(Cases))]
    public AclCase Case { get; set; }

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
        _owned.Add(acl);
        Use(acl, acl.Replace);
    }

    [GlobalSetup(Target = nameof(ImmutableHashSet))]
    public void UseImmutableHashSet()
    {
        var acl = new ImmutableHashSetAcl();
        Use(acl, acl.Replace);
    }

    [GlobalCleanup]
    public void CleanUp() => _owned.ForEach(static one => one.Dispose());

    [Benchmark(Baseline = true, Description = "FrozenSet (NetworkOnlyAcl)", OperationsPerInvoke = AclProbes.Count)]
    public int FrozenSet() => AclProbes.Ask(_acl, _probes);

    [Benchmark(OperationsPerInvoke = AclProbes.Count)]
    public int ConcurrentDictionary() => AclProbes.Ask(_acl, _probes);

    [Benchmark(Description = "HashSet + lock", OperationsPerInvoke = AclProbes.Count)]
    public int HashSetAndLock() => AclProbes.Ask(_acl, _probes);

    [Benchmark(Description = "HashSet + ReaderWriterLockSlim", OperationsPerInvoke = AclProbes.Count)]
    public int ReaderWriterLockSlim() => AclProbes.Ask(_acl, _probes);

    [Benchmark(OperationsPerInvoke = AclProbes.Count)]
    public int ImmutableHashSet() => AclProbes.Ask(_acl, _probes);

    private void Use(IRelayAclFilter acl, Action<PeerId[]> replace)
    {
        PeerId[] members = AclProbes.Members(Case.Members);
        replace(members);
        _probes = AclProbes.Make(members, Case.Probe);
        _acl = acl;

        int admitted = AclProbes.Ask(acl, _probes);
        int expected = Case.Probe == Probe.Hit ? AclProbes.Count : 0;
        if (admitted != expected)
            throw new InvalidOperationException($"{admitted} of {AclProbes.Count} were admitted; {expected} should be.");
    }
}
