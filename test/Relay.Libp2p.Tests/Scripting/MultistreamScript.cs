using System.Text;
using Relay.TestKit.Wire;

namespace Relay.Libp2p.Tests.Scripting;

/// <summary>multistream-select messages, written and read by hand.</summary>
internal static class MultistreamScript
{
    public const string Header = "/multistream/1.0.0";

    /// <summary>Each text as a message: the length with the newline, the text, the newline.</summary>
    public static byte[] Encode(params string[] texts) => [.. texts.SelectMany(t => RawMessage.Frame(Encoding.UTF8.GetBytes(t + "\n")))];

    public static Task SayAsync(this Stream stream, params string[] texts) => stream.WriteAsync(Encode(texts)).InTime();

    /// <summary>The next message, without its newline.</summary>
    public static async Task<string> HearAsync(this Stream stream)
    {
        int length = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = (await stream.ReadBytesAsync(1))[0];
            length |= (next & 0x7F) << shift;
            if (next < 0x80)
                break;
        }

        string text = Encoding.UTF8.GetString(await stream.ReadBytesAsync(length));
        Assert.That(text, Does.EndWith("\n"));
        return text[..^1];
    }

    /// <summary>The dialer's side, step by step, with the one protocol.</summary>
    public static async Task ProposeAsync(this Stream stream, string protocol)
    {
        await stream.SayAsync(Header, protocol);
        Assert.That((await stream.HearAsync(), await stream.HearAsync()), Is.EqualTo((Header, protocol)));
    }

    /// <summary>The listener's side; takes whatever is proposed.</summary>
    public static async Task<string> TakeProposalAsync(this Stream stream)
    {
        Assert.That(await stream.HearAsync(), Is.EqualTo(Header));
        string protocol = await stream.HearAsync();
        await stream.SayAsync(Header, protocol);
        return protocol;
    }
}
