namespace Relay.Interop.Tests.Peer;

/// <summary>A STOP stream at the destination, not answered yet.</summary>
internal sealed record StopRequest(JsStream Stream, CircuitMessage Request)
{
    /// <summary>Says OK: the stream is now this end of the circuit.</summary>
    public Task AcceptAsync() => Stream.WriteMessageAsync(new { type = "STATUS", status = (int)RelayStatus.Ok });

    public async Task RefuseAsync(RelayStatus status)
    {
        await Stream.WriteMessageAsync(new { type = "STATUS", status = (int)status });
        await Stream.CloseWriteAsync();
    }
}
