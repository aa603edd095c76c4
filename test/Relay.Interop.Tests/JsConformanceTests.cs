using Relay.Interop.Tests.Peer;
using Relay.Multiformats;
using Relay.TestKit.Conformance;

namespace Relay.Interop.Tests;

/// <summary>The conformance cases against js-libp2p's relay. Where it is known to do otherwise, it must do so still: the list is true or the test fails.</summary>
[Category("Conformance")]
public sealed class JsConformanceTests : InteropTest
{
    // It resets the stream right behind its answer, and the reset may overtake that.
    private const string Overtaken = "reset";

    /// <summary>What js-libp2p's relay does otherwise, by the name of the case, and what is seen of it.</summary>
    private static readonly Dictionary<string, string> Divergences = new()
    {
        ["A message without a type reserves nothing"] = Overtaken,
        ["An empty message reserves nothing"] = Overtaken,
        ["A type nobody knows is malformed"] = Overtaken,
        ["Garbage is malformed"] = Overtaken,
        ["A refusal is followed by FIN"] = "does not end",                              // the stream is left open
        ["A destination that does not speak STOP is CONNECTION_FAILED"] = "",
        ["A reservation ends with the connection"] = "cb01",                            // CONNECTION_FAILED: the reservation is still there
        ["Exactly the data limit passes, each way on its own"] = "what arrives",        // both directions are counted together
        ["A circuit is not cut sooner than the seconds announced"] = "bytes were to come", // milliseconds are announced as seconds
    };

    private static IEnumerable<ConformanceCase> Cases => ConformanceCases.All;

    [TestCaseSource(nameof(Cases))]
    public async Task Js_conforms_but_for_what_is_known(ConformanceCase one)
    {
        JsPeer js = await StartPeerAsync(new JsPeerOptions
        {
            Listen = [AnyPort],
            Relay = new JsRelayOptions { DataLimit = 100_000, DurationLimit = 2500, HopTimeout = 2000, MaxReservations = 100 },
        });
        await using var relay = new ProbedRelay(Multiaddress.Parse(js.Address));
        string? fault = null;
        try
        {
            await one.RunAsync(relay);
        }
        catch (ConformanceException e)
        {
            fault = e.Message;
        }

        TestContext.Out.WriteLine(fault ?? "as it must");
        if (!Divergences.TryGetValue(one.Name, out string? what))
            Assert.That(fault, Is.Null);
        else if (fault is not null || what != Overtaken)
            Assert.That(fault ?? "nothing", Does.Contain(what));
    }
}
