namespace Relay.Members;

/// <summary>
/// One point in time, on both clocks: the wall clock, which stamps are compared with and which may jump, and the time that has passed, which
/// does not.
/// </summary>
/// <param name="Wall">The wall clock.</param>
/// <param name="Elapsed">The time passed since some fixed point.</param>
internal readonly record struct Moment(DateTimeOffset Wall, TimeSpan Elapsed)
{
    public static Moment Of(TimeProvider timeProvider) => new(timeProvider.GetUtcNow(), timeProvider.GetElapsedTime(0));
}
