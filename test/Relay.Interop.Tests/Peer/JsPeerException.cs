namespace Relay.Interop.Tests.Peer;

/// <summary>A command that failed in js-libp2p, or a peer process that is gone. <see cref="ErrorName"/> is the name of the JavaScript error.</summary>
internal sealed class JsPeerException(string errorName, string message) : Exception($"{errorName}: {message}")
{
    public string ErrorName { get; } = errorName;
}
