namespace Relay.Settings;

/// <summary>A kind of values with a least and a largest one.</summary>
internal abstract class RangeKind<T>(T least, T largest) : SettingKind<T>
    where T : struct, IComparable<T>
{
    public sealed override string Range => $"from {Format(least)} to {Format(largest)}";

    public sealed override IEnumerable<SettingProblem> Check(T value)
    {
        if (value.CompareTo(least) < 0)
            yield return new SettingProblem(Format(value), $"must be at least {Format(least)}");
        if (value.CompareTo(largest) > 0)
            yield return new SettingProblem(Format(value), $"must be at most {Format(largest)}");
    }
}
