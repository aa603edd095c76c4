namespace Relay.Members;

/// <summary>What says who the members are, for a node that runs: a source that is read, or the application. The node starts, stops and disposes it.</summary>
internal interface IMembershipService : IAsyncDisposable
{
    /// <summary>How things stood after the last change.</summary>
    MembershipStatus Status { get; }

    /// <summary>How things stand now, with the age of the set.</summary>
    MembershipStatus StatusNow { get; }

    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>The members stay as they are. Stopping twice does nothing.</summary>
    Task StopAsync();

    /// <summary>Takes other numbers, whether or not it runs.</summary>
    Task ApplyAsync(NetworkOnlyOption option);
}
