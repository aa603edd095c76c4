using Relay.Interop.Tests.Peer;
using Relay.TestKit;

namespace Relay.Interop.Tests;

/// <summary>A test that starts js-libp2p peers. They end with it; one that ended by itself fails it, and a failed test shows what they said.</summary>
public abstract class InteropTest
{
    private protected const string AnyPort = "/ip4/127.0.0.1/tcp/0";

    private readonly List<JsPeer> _peers = [];

    private protected async Task<JsPeer> StartPeerAsync(JsPeerOptions? options = null)
    {
        JsPeer peer = await JsPeer.StartAsync(JsEnvironment.Installation, options ?? new JsPeerOptions());
        lock (_peers)
            _peers.Add(peer);
        return peer;
    }

    /// <summary>Two peers that do not listen, started at the same time.</summary>
    private protected async Task<(JsPeer First, JsPeer Second)> StartTwoAsync()
    {
        JsPeer[] peers = await Task.WhenAll(StartPeerAsync(), StartPeerAsync());
        return (peers[0], peers[1]);
    }

    /// <summary>Ends what else the test started, once the peers are gone, and looks at what is left behind.</summary>
    private protected virtual Task AfterPeersAsync() => Task.CompletedTask;

    [TearDown]
    public async Task EndPeersAsync()
    {
        bool failed = TestContext.CurrentContext.Result.FailCount > 0;
        foreach (JsPeer peer in _peers)
            await peer.DisposeAsync();
        try
        {
            await AfterPeersAsync();
        }
        catch
        {
            failed = true;
            throw;
        }
        finally
        {
            ReportPeers(failed);
        }

        UnobservedExceptionWatch.ThereAreNone();
    }

    private void ReportPeers(bool failed)
    {
        JsPeer[] crashed = [.. _peers.Where(peer => peer.ExitCode != 0)];
        foreach (JsPeer peer in failed ? _peers : [.. crashed])
            TestContext.Out.WriteLine($"js-libp2p {peer.PeerId}, process {peer.ProcessId}, exit code {peer.ExitCode}:\n{peer.Transcript}\n");
        Assert.That(crashed.Select(peer => peer.PeerId), Is.Empty, "peers that did not end in good order");
    }
}
