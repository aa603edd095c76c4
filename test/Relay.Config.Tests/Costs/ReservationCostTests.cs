namespace Relay.Tests.Costs;

/// <summary>What a RESERVE costs in writes, over real sockets.</summary>
[NonParallelizable]
internal sealed class ReservationCostTests
{
    private const int Renewals = 100;

    [Test]
    public async Task A_reserve_is_answered_in_three_writes_at_most()
    {
        await using CountedRelay relay = await CountedRelay.StartAsync();

        long before = relay.Sockets.Writes;
        for (int i = 0; i < Renewals; i++)
            await relay.DestinationClient.ReserveAsync(relay.Relay);
        double each = (relay.Sockets.Writes - before) / (double)Renewals;

        // The agreement on HOP, which may go in two when the dialer's header arrives alone, and the answer together with the end of the stream.
        TestContext.Out.WriteLine($"{each} writes per RESERVE");
        Assert.That(each, Is.LessThanOrEqualTo(3));
    }
}
