using System.Buffers;

namespace Relay.Multiformats.Tests;

public sealed class VarintTests
{
    // The examples of github.com/multiformats/unsigned-varint, and the ends of the range.
    [TestCase(0ul, "00")]
    [TestCase(1ul, "01")]
    [TestCase(127ul, "7f")]
    [TestCase(128ul, "8001")]
    [TestCase(255ul, "ff01")]
    [TestCase(300ul, "ac02")]
    [TestCase(16384ul, "808001")]
    [TestCase(Varint.MaxValue, "ffffffffffffffff7f")]
    public void A_number_is_written_and_read_as_the_spec_shows(ulong value, string hex)
    {
        byte[] buffer = new byte[Varint.MaxLength];
        int length = Varint.Write(buffer, value);

        Assert.That(Convert.ToHexStringLower(buffer, 0, length), Is.EqualTo(hex));
        Assert.That(Varint.GetLength(value), Is.EqualTo(length));
        Assert.That(Varint.TryRead(Convert.FromHexString(hex), out ulong read, out int bytesRead), Is.EqualTo(OperationStatus.Done));
        Assert.That((read, bytesRead), Is.EqualTo((value, length)));
    }

    [TestCase("8100", Description = "the spec's example: 1 in two bytes")]
    [TestCase("8000")]
    [TestCase("ffff00")]
    [TestCase("808080808080808000")]
    [TestCase("80808080808080808001", Description = "2^63: ten bytes")]
    [TestCase("ffffffffffffffffff", Description = "the tenth byte cannot be missing: there is none")]
    [TestCase("ffffffffffffffffffffffffff01")]
    public void A_form_that_is_not_the_shortest_or_longer_than_nine_bytes_is_invalid(string hex)
    {
        Assert.That(Varint.TryRead(Convert.FromHexString(hex), out ulong value, out int bytesRead), Is.EqualTo(OperationStatus.InvalidData));
        Assert.That((value, bytesRead), Is.EqualTo((0ul, 0)));
    }

    [TestCase("")]
    [TestCase("80")]
    [TestCase("ffffffffffffffff")]
    public void A_number_that_is_cut_off_needs_more_data(string hex)
        => Assert.That(Varint.TryRead(Convert.FromHexString(hex), out _, out _), Is.EqualTo(OperationStatus.NeedMoreData));

    [Test]
    public void What_follows_the_number_is_left_alone()
    {
        Assert.That(Varint.TryRead([0xac, 0x02, 0xff, 0xff], out ulong value, out int bytesRead), Is.EqualTo(OperationStatus.Done));
        Assert.That((value, bytesRead), Is.EqualTo((300ul, 2)));
    }

    [Test]
    public void A_number_above_63_bits_is_refused()
    {
        Assert.That(() => Varint.GetLength(Varint.MaxValue + 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Varint.Write(new byte[10], Varint.MaxValue + 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_destination_that_is_too_short_is_refused()
        => Assert.That(() => Varint.Write(new byte[1], 128), Throws.ArgumentException);

    [FsCheck.NUnit.Property]
    public bool Every_number_survives_the_round_trip(ulong number, byte shift)
    {
        ulong value = (number & Varint.MaxValue) >> (shift % 64);
        byte[] buffer = new byte[Varint.MaxLength];
        int length = Varint.Write(buffer, value);
        return Varint.TryRead(buffer.AsSpan(0, length), out ulong read, out int bytesRead) == OperationStatus.Done && read == value && bytesRead == length;
    }

    [FsCheck.NUnit.Property]
    public bool Bytes_that_are_read_are_the_bytes_that_would_be_written(byte[] bytes)
    {
        if (Varint.TryRead(bytes, out ulong value, out int bytesRead) != OperationStatus.Done)
            return true;
        byte[] written = new byte[Varint.MaxLength];
        return Varint.Write(written, value) == bytesRead && written.AsSpan(0, bytesRead).SequenceEqual(bytes.AsSpan(0, bytesRead));
    }
}
