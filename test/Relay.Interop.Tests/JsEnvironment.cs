using System.Diagnostics.CodeAnalysis;
using Relay.Interop.Tests.Peer;

namespace Relay.Interop.Tests;

/// <summary>
/// Makes js-libp2p ready before the first test: once for each content of the lock file, beside the test assembly. Without npm all tests are skipped and say so.
/// </summary>
[SetUpFixture]
public sealed class JsEnvironment
{
    private static JsInstallation? _installation;

    internal static JsInstallation Installation =>
        _installation ?? throw new InvalidOperationException("js-libp2p is installed by the set-up fixture, which has not run.");

    [OneTimeSetUp]
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "NUnit set-up")]
    public void Install()
    {
        string scripts = Path.Combine(AppContext.BaseDirectory, "js");
        if (JsInstallation.FindNpm() is not { } npm)
        {
            Assert.Ignore("npm is not on the PATH: install Node.js with npm (any version that still gets updates) to test against js-libp2p.");
            return;
        }
        _installation = JsInstallation.Ensure(scripts, npm, TestContext.Progress);
    }
}
