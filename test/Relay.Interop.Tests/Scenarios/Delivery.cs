using Relay.Interop.Tests.Peer;

namespace Relay.Interop.Tests.Scenarios;

/// <summary>What one end sent and what the other took in.</summary>
internal sealed record Delivery(SendReply Sent, DigestReply Arrived)
{
    /// <summary>All of it, unchanged, and then FIN.</summary>
    public void IsWhole()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Sent.Failed, Is.Null);
            Assert.That(Arrived.Length, Is.EqualTo(Sent.Length));
            Assert.That(Arrived.Sha256, Is.EqualTo(Sent.Sha256));
            Assert.That(Arrived.End, Is.EqualTo(StreamEnd.Eof));
        }
    }
}
