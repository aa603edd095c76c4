using Relay.Circuit.Live;
using Relay.Circuit.Splicing;
using Relay.TestKit;
using Relay.TestKit.Network;

namespace Relay.Circuit.Tests.Telemetry;

[TestFixture]
[NonParallelizable]
internal sealed class CircuitTableTests
{
    private static readonly Multiformats.PeerId Peer = TestPeers.Key(1).PeerId;

    private readonly ManualTimeProvider _time = new();
    private SpliceResources _resources = null!;

    [OneTimeSetUp]
    public void CreateResources() => _resources = new SpliceResources(new RentedBuffers(1024), new SharedRate(_time), _time);

    [OneTimeTearDown]
    public void DisposeResources() => _resources.Rate.Dispose();

    [Test]
    public void Circuits_leave_in_any_order()
    {
        var random = new Random(1);
        var table = new CircuitTable();
        LiveCircuit[] circuits = [.. Enumerable.Range(0, 200).Select(_ => Add(table))];
        random.Shuffle(circuits);
        for (int i = 0; i < circuits.Length; i++)
        {
            Assert.That(table.TakeRows(_time).Select(row => row.Id), Is.EquivalentTo(circuits[i..].Select(circuit => circuit.Id)));
            table.Remove(circuits[i]);
        }

        Assert.That(table.Count, Is.Zero);
    }

    [Test]
    public void Ten_thousand_rows_cost_a_few_words_each_and_nothing_that_lasts()
    {
        long one = RowCost(1_000);
        long many = RowCost(10_000);
        Assert.That(many, Is.LessThanOrEqualTo(10_000 * 72), "bytes allocated for a snapshot: a row and the reference to it");
        Assert.That(many, Is.EqualTo(10 * one).Within(1).Percent, "in proportion to the rows");
    }

    private long RowCost(int circuits)
    {
        var table = new CircuitTable();
        (InMemoryStream source, InMemoryStream destination) = InMemoryStream.CreatePair(16);
        for (int i = 0; i < circuits; i++)
            Add(table, new Splice(source, destination, new SpliceTerms(), _resources));
        table.TakeRows(_time);
        long before = GC.GetAllocatedBytesForCurrentThread();
        IReadOnlyList<CircuitInfo> rows = table.TakeRows(_time);
        long cost = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(rows, Has.Count.EqualTo(circuits));
        return cost;
    }

    private LiveCircuit Add(CircuitTable table, Splice? splice = null)
    {
        (InMemoryStream source, InMemoryStream destination) = InMemoryStream.CreatePair(16);
        var circuit = new LiveCircuit(splice ?? new Splice(source, destination, new SpliceTerms(), _resources))
        {
            Id = table.NextId(),
            Source = Peer,
            SourceAddress = source.RemoteAddress,
            Destination = Peer,
            DestinationAddress = destination.RemoteAddress,
            Admitted = new Decision(Status.Ok, ReasonCode.CircuitAdmitted),
            OpenedAt = _time.GetUtcNow(),
            Opened = _time.GetTimestamp(),
            MaxDuration = null,
        };
        table.Add(circuit);
        return circuit;
    }
}
