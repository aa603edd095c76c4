using Relay.Settings;

namespace Relay.Tests;

internal sealed class DurationTextTests
{
    // The accepted values of Go's time.ParseDuration tests (go1.23, src/time/time_test.go), as the nanoseconds that Go reads.
    [TestCase("5s", 5_000_000_000)]
    [TestCase("30s", 30_000_000_000)]
    [TestCase("1478s", 1_478_000_000_000)]
    [TestCase("-5s", -5_000_000_000)]
    [TestCase("+5s", 5_000_000_000)]
    [TestCase("5.0s", 5_000_000_000)]
    [TestCase("5.6s", 5_600_000_000)]
    [TestCase("5.s", 5_000_000_000)]
    [TestCase(".5s", 500_000_000)]
    [TestCase("1.0s", 1_000_000_000)]
    [TestCase("1.00s", 1_000_000_000)]
    [TestCase("1.004s", 1_004_000_000)]
    [TestCase("1.0040s", 1_004_000_000)]
    [TestCase("100.00100s", 100_001_000_000)]
    [TestCase("10ns", 10)]
    [TestCase("11us", 11_000)]
    [TestCase("12\u00b5s", 12_000)]
    [TestCase("12\u03bcs", 12_000)]
    [TestCase("13ms", 13_000_000)]
    [TestCase("14s", 14_000_000_000)]
    [TestCase("15m", 900_000_000_000)]
    [TestCase("16h", 57_600_000_000_000)]
    [TestCase("3h30m", 12_600_000_000_000)]
    [TestCase("10.5s4m", 250_500_000_000)]
    [TestCase("-2m3.4s", -123_400_000_000)]
    [TestCase("1h2m3s4ms5us6ns", 3_723_004_005_006)]
    [TestCase("39h9m14.425s", 140_954_425_000_000)]
    [TestCase("52763797000ns", 52_763_797_000)]
    [TestCase("0.3333333333333333333h", 1_200_000_000_000)]
    [TestCase("9007199254740993ns", 9_007_199_254_740_993)]
    [TestCase("9223372036854775807ns", 9_223_372_036_854_775_807)]
    [TestCase("9223372036854775.807us", 9_223_372_036_854_775_807)]
    [TestCase("9223372036s854ms775us807ns", 9_223_372_036_854_775_807)]
    [TestCase("-9223372036854775808ns", -9_223_372_036_854_775_808)]
    [TestCase("0.100000000000000000000h", 360_000_000_000)]
    [TestCase("0.830103483285477580700h", 2_988_372_539_827)]
    public void What_Go_reads_is_read_alike_to_the_nearest_tick(string text, long nanoseconds)
    {
        Assert.That(DurationText.TryParse(text, out TimeSpan value, out string? problem), Is.True, problem);
        Assert.That(value.Ticks, Is.EqualTo((long)Math.Round(nanoseconds / 100m, MidpointRounding.AwayFromZero)));
    }

    // The refused values of the same tests.
    [TestCase("")]
    [TestCase("3")]
    [TestCase("-")]
    [TestCase("s")]
    [TestCase(".")]
    [TestCase("-.")]
    [TestCase(".s")]
    [TestCase("+.s")]
    [TestCase("1d")]
    [TestCase("\u0085\u0085")]
    [TestCase("\uffff")]
    [TestCase("hello \uffff world")]
    [TestCase("\ufffd")]
    [TestCase("\ufffd hello \ufffd world")]
    public void What_Go_refuses_is_refused(string text)
    {
        Assert.That(DurationText.TryParse(text, out _, out string? problem), Is.False);
        Assert.That(problem, Is.Not.Empty);
    }

    [TestCase("0")]
    [TestCase("30")]
    [TestCase("-5")]
    [TestCase("1.5")]
    [TestCase("1h30")]
    public void A_bare_number_is_refused_for_want_of_a_unit(string text)
    {
        Assert.That(DurationText.TryParse(text, out _, out string? problem), Is.False);
        Assert.That(problem, Is.EqualTo("has no unit"));
    }

    [TestCase("1 hour")]
    [TestCase("1 h")]
    [TestCase("1H")]
    [TestCase("2weeks")]
    [TestCase("5s ")]
    public void An_unknown_unit_is_named_as_the_problem(string text)
    {
        Assert.That(DurationText.TryParse(text, out _, out string? problem), Is.False);
        Assert.That(problem, Is.EqualTo("has an unknown unit"));
    }

    [TestCase("00:30:00", 1800)]
    [TestCase("1:30:00", 5400)]
    [TestCase("23:59:59", 86_399)]
    [TestCase("2.03:00:00", 183_600)]
    [TestCase("00:00:01.5", 1.5)]
    [TestCase("0:00:00.25", 0.25)]
    [TestCase("-00:00:05", -5)]
    public void A_time_of_day_form_is_read(string text, double seconds)
    {
        Assert.That(DurationText.TryParse(text, out TimeSpan value, out string? problem), Is.True, problem);
        Assert.That(value, Is.EqualTo(TimeSpan.FromSeconds(seconds)));
    }

    [TestCase("24:00:00")]
    [TestCase("1:30")]
    [TestCase("00:60:00")]
    [TestCase("00:00:60")]
    [TestCase("30m:00")]
    [TestCase(":")]
    [TestCase(" 1:00:00")]
    public void A_time_of_day_form_that_could_be_misread_is_refused(string text)
        => Assert.That(DurationText.TryParse(text, out _, out _), Is.False);

    [TestCase("99999999999999999999999999999999999999h")]
    [TestCase("256204779h")]
    [TestCase("200000000h200000000h")]
    public void A_duration_that_no_TimeSpan_holds_is_too_long(string text)
    {
        Assert.That(DurationText.TryParse(text, out _, out string? problem), Is.False);
        Assert.That(problem, Is.EqualTo("is too long"));
    }

    [TestCase(0, "0s")]
    [TestCase(1, "0.1us")]
    [TestCase(25, "2.5us")]
    [TestCase(15_000, "1.5ms")]
    [TestCase(5_000_000, "500ms")]
    [TestCase(15_000_000, "1.5s")]
    [TestCase(300_000_000, "30s")]
    [TestCase(18_000_000_000, "30m")]
    [TestCase(36_000_000_000, "1h")]
    [TestCase(54_000_000_000, "1h30m")]
    [TestCase(36_005_000_000, "1h0.5s")]
    [TestCase(864_000_000_000, "24h")]
    [TestCase(-15_000_000, "-1.5s")]
    public void A_duration_is_written_in_the_shortest_exact_form(long ticks, string text)
        => Assert.That(DurationText.Format(TimeSpan.FromTicks(ticks)), Is.EqualTo(text));

    [FsCheck.NUnit.Property]
    public bool What_is_written_reads_back(long ticks)
        => DurationText.TryParse(DurationText.Format(TimeSpan.FromTicks(ticks)), out TimeSpan value, out _) && value.Ticks == ticks;

    [Test]
    public void The_extremes_read_back()
    {
        foreach (TimeSpan extreme in new[] { TimeSpan.MaxValue, TimeSpan.MinValue + TimeSpan.FromTicks(1) })
        {
            Assert.That(DurationText.TryParse(DurationText.Format(extreme), out TimeSpan value, out string? problem), Is.True, problem);
            Assert.That(value, Is.EqualTo(extreme));
        }
    }

    [FsCheck.NUnit.Property]
    public bool No_text_throws(string text) => DurationText.TryParse(text ?? "", out _, out string? problem) == (problem is null);
}
