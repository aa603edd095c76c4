using System.Buffers.Binary;

namespace Relay.Libp2p.Tests.Scripting;

/// <summary>
/// One side of the Noise handshake, played by hand over a stream. What it sends can be spoiled on the way: as a payload, before it is sealed, or as a
/// message, on the wire.
/// </summary>
internal sealed class NoiseScript(Stream stream, bool isInitiator, ScriptedIdentity? identity = null, byte[]? ephemeralKey = null)
{
    private readonly ReferenceNoise _noise = new(isInitiator, ephemeralKey: ephemeralKey);

    public ScriptedIdentity Identity { get; } = identity ?? ScriptedIdentity.Create();

    /// <summary>The muxers it offers early; null for no list at all.</summary>
    public string[]? Muxers { get; init; } = ["/yamux/1.0.0"];

    /// <summary>Replaces the payload; gets the static key it should be about.</summary>
    public Func<byte[], byte[]>? Payload { get; init; }

    /// <summary>Spoils a message, its length prefix included; gets its number, from 1, and its bytes.</summary>
    public Func<int, byte[], byte[]> Spoil { get; init; } = static (_, message) => message;

    /// <summary>The payload that the other side sent.</summary>
    public byte[] RemotePayload { get; private set; } = [];

    public byte[] RemoteStaticKey => _noise.RemoteStaticPublicKey;

    /// <summary>Plays its side to the end.</summary>
    public async Task<SecuredPeer> RunAsync()
    {
        if (isInitiator)
        {
            await SendAsync(1, []);
            RemotePayload = _noise.Read(await ReceiveAsync());
            await SendAsync(3, MakePayload());
        }
        else
        {
            _noise.Read(await ReceiveAsync());
            await SendAsync(2, MakePayload());
            RemotePayload = _noise.Read(await ReceiveAsync());
        }

        (byte[] sending, byte[] receiving) = _noise.Split();
        return new SecuredPeer(stream, sending, receiving);
    }

    public static byte[] Frame(byte[] message)
    {
        byte[] framed = new byte[2 + message.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed, 2);
        return framed;
    }

    private byte[] MakePayload() =>
        Payload?.Invoke(_noise.StaticPublicKey) ?? Identity.NoisePayload(_noise.StaticPublicKey, Muxers).ToBytes();

    private async Task SendAsync(int number, byte[] payload)
    {
        byte[] wire = Spoil(number, Frame(_noise.Write(payload)));
        if (wire.Length > 0)
            await stream.WriteAsync(wire).InTime();
    }

    private async Task<byte[]> ReceiveAsync()
    {
        byte[] prefix = new byte[2];
        await stream.ReadExactlyAsync(prefix).InTime();
        byte[] message = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
        await stream.ReadExactlyAsync(message).InTime();
        return message;
    }
}
