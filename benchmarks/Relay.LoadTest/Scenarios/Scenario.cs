namespace Relay.LoadTest.Scenarios;

/// <summary>Something that is done to each relay in turn, and measured.</summary>
internal abstract class Scenario
{
    /// <summary>What it is called on the command line and in the results.</summary>
    public abstract string Name { get; }

    /// <summary>Under which conditions; several of one name differ in this.</summary>
    public abstract string Case { get; }

    /// <summary>Whether it measures what earlier work would have changed, as memory, and so needs a relay that has done nothing yet.</summary>
    public virtual bool NeedsFreshRelay => false;

    /// <summary>Does it once. Peers and circuits that it leaves open are closed by whoever runs it.</summary>
    public abstract Task RunAsync(Stage stage);
}
