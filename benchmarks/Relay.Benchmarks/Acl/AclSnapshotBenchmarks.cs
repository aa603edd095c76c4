using System.Text;
using BenchmarkDotNet.Attributes;
using Relay.Multiformats;

namespace Relay.Benchmarks.Acl;

/// <summary>What does a refresh of the members cost, when somebody joined or left, and when, as nearly always, nobody did?</summary>
/// <remarks>
/// A refresh comes every 30 s whatever the size, so the rebuild must not be felt at a million members and the unchanged case must cost far less: the last three
/// rows are what spares the first. No FrozenSet is built in them.
/// </remarks>
public class AclSnapshotBenchmarks
{
    private readonly NetworkOnlyAcl _acl = new();
    private PeerId[] _members = [];
    private PeerId[] _changed = [];
    private byte[] _fileContent = [];
    private string _file = "";
    private FileMembershipSource _source = null!;
    private bool _isChanged;

    [Params(1_000, 10_000, 100_000, 1_000_000)]
    public int Members { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _members = AclProbes.Members(Members);
        _changed = [.. _members[1..], .. SeededPeers.Make(1, seed: 3)];
        _fileContent = Encoding.ASCII.GetBytes(string.Join('\n', _members.Select(static peer => peer.ToString())));
        _file = Path.GetTempFileName();
        File.WriteAllBytes(_file, _fileContent);
        _source = new FileMembershipSource(_file);
        _acl.ReplaceMembers(_members);
    }

    [GlobalCleanup]
    public void CleanUp() => File.Delete(_file);

    /// <summary>One member left and one came: copy, compare, build.</summary>
    [Benchmark(Baseline = true)]
    public void Rebuild()
    {
        _isChanged = !_isChanged;
        _acl.ReplaceMembers(_isChanged ? _changed : _members);
    }

    /// <summary>The same members in a new array: copy, compare.</summary>
    [Benchmark]
    public void SkipEqualMembers() => _acl.ReplaceMembers(_isChanged ? _changed : _members);

    /// <summary>A members file that has not changed: read, hash.</summary>
    [Benchmark]
    public async Task<MembershipSnapshot> SkipUnchangedFile() => await _source.ReadAsync(CancellationToken.None);

    /// <summary>A members file that has: what reading it costs on top of the rebuild.</summary>
    [Benchmark]
    public object ParseFile() => MemberList.Parse(_fileContent);
}
