using Relay.Interop.Tests.Peer;

namespace Relay.Interop.Tests.Scenarios;

/// <summary>What must hold at a circuit's limits. The circuits are raw, so every byte counted is a byte of the test.</summary>
internal static class LimitScenarios
{
    /// <summary>Exactly the limit arrives whole, with its FIN, from source to destination.</summary>
    public static async Task DeliversExactlyAsync(RawCircuit circuit, long limit) => (await circuit.SendToEndAsync(limit)).IsWhole();

    /// <summary>With one byte over the limit both ends are reset, and no more than the limit has arrived.</summary>
    public static async Task ResetsOneOverAsync(RawCircuit circuit, long limit)
    {
        Task<DigestReply> atSource = circuit.Source.DigestToEndAsync();
        Delivery delivery = await circuit.SendToEndAsync(limit + 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(delivery.Arrived.Length, Is.LessThanOrEqualTo(limit));
            Assert.That(delivery.Arrived.End, Is.EqualTo(StreamEnd.Reset), "at the destination");
            Assert.That((await atSource).End, Is.EqualTo(StreamEnd.Reset), "at the source");
        }
    }

    /// <summary>Both ends are reset once the deadline comes, in the middle of nothing.</summary>
    /// <param name="circuit">A circuit whose bytes still pass.</param>
    /// <param name="reachDeadline">Moves the relay's clock, or does nothing where time passes by itself.</param>
    public static async Task ResetsAtTheDeadlineAsync(RawCircuit circuit, Func<Task> reachDeadline)
    {
        await circuit.Source.WritePatternAsync(1000);
        Assert.That((await circuit.Destination.DigestAsync(1000)).Length, Is.EqualTo(1000), "before the deadline bytes pass");

        Task<DigestReply> atSource = circuit.Source.DigestToEndAsync();
        Task<DigestReply> atDestination = circuit.Destination.DigestToEndAsync();
        await reachDeadline();
        Assert.That(((await atSource).End, (await atDestination).End), Is.EqualTo(((StreamEnd?)StreamEnd.Reset, (StreamEnd?)StreamEnd.Reset)));
    }
}
