namespace Relay.TestKit.Conformance;

/// <summary>What conformance cases say when something is not as it must be.</summary>
internal static class Expect
{
    public static void That(bool condition, string otherwise)
    {
        if (!condition)
            throw new ConformanceException(otherwise);
    }

    public static void Equal<T>(T expected, T actual, string what) =>
        That(EqualityComparer<T>.Default.Equals(expected, actual), $"{what}: {actual}, not {expected}");

    public static void Bytes(byte[] expected, byte[] actual, string what) =>
        That(expected.AsSpan().SequenceEqual(actual), $"{what}: {Convert.ToHexStringLower(actual)}, not {Convert.ToHexStringLower(expected)}");
}
