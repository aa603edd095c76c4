using Relay.Settings;

namespace Relay.Tests;

internal sealed class SizeTextTests
{
    [TestCase("0", 0)]
    [TestCase("1", 1)]
    [TestCase("65536", 65_536)]
    [TestCase("+5", 5)]
    [TestCase("-5", -5)]
    [TestCase("64KiB", 65_536)]
    [TestCase("64kib", 65_536)]
    [TestCase("64 KiB", 65_536)]
    [TestCase("1MiB", 1_048_576)]
    [TestCase("1GiB", 1_073_741_824)]
    [TestCase("1TiB", 1_099_511_627_776)]
    [TestCase("1kB", 1_000)]
    [TestCase("1KB", 1_000)]
    [TestCase("1MB", 1_000_000)]
    [TestCase("1GB", 1_000_000_000)]
    [TestCase("1TB", 1_000_000_000_000)]
    [TestCase("512B", 512)]
    [TestCase("1.5KiB", 1_536)]
    [TestCase(".5KiB", 512)]
    [TestCase("0.001kB", 1)]
    [TestCase("9223372036854775807", long.MaxValue)]
    public void A_size_is_read(string text, long bytes)
    {
        Assert.That(SizeText.TryParse(text, out long value, out string? problem), Is.True, problem);
        Assert.That(value, Is.EqualTo(bytes));
    }

    [TestCase("", "is not a size")]
    [TestCase("KiB", "is not a size")]
    [TestCase("-", "is not a size")]
    [TestCase(".", "is not a size")]
    [TestCase("unlimited", "is not a size")]
    [TestCase("1e6", "has an unknown unit")]
    [TestCase("0x10", "has an unknown unit")]
    [TestCase("1_000", "has an unknown unit")]
    [TestCase("64K", "has an unknown unit")]
    [TestCase("64M", "has an unknown unit")]
    [TestCase("64Kib ", "has an unknown unit")]
    [TestCase("64  KiB", "has an unknown unit")]
    [TestCase("64 ", "has an unknown unit")]
    [TestCase("1PiB", "has an unknown unit")]
    [TestCase("1GiB1", "has an unknown unit")]
    [TestCase("1.5", "is not a whole number of bytes")]
    [TestCase("0.3KiB", "is not a whole number of bytes")]
    [TestCase("9223372036854775808", "is too large")]
    [TestCase("8388608TiB", "is too large")]
    [TestCase("99999999999999999999999999999999999999999999TiB", "is too large")]
    public void What_is_no_size_is_refused_with_the_reason(string text, string reason)
    {
        Assert.That(SizeText.TryParse(text, out _, out string? problem), Is.False);
        Assert.That(problem, Is.EqualTo(reason));
    }

    [TestCase(0, "0")]
    [TestCase(1, "1")]
    [TestCase(1000, "1000")]
    [TestCase(1024, "1KiB")]
    [TestCase(65_536, "64KiB")]
    [TestCase(1_073_741_824, "1GiB")]
    [TestCase(1_073_741_825, "1073741825")]
    [TestCase(2_199_023_255_552, "2TiB")]
    [TestCase(-1024, "-1KiB")]
    public void A_size_is_written_exactly_in_the_largest_unit(long bytes, string text) => Assert.That(SizeText.Format(bytes), Is.EqualTo(text));

    [FsCheck.NUnit.Property]
    public bool What_is_written_reads_back(long bytes) => SizeText.TryParse(SizeText.Format(bytes), out long value, out _) && value == bytes;

    [FsCheck.NUnit.Property]
    public bool No_text_throws(string text) => SizeText.TryParse(text ?? "", out _, out string? problem) == (problem is null);
}
