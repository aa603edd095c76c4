namespace Relay;

// New options for a node that runs.
public sealed partial class RelayNode
{
    /// <summary>
    /// Takes over from <paramref name="options"/> what a node can take without being built anew: all of <see cref="RelayServiceOption"/> and of
    /// <see cref="NetworkOnlyOption"/>. The rest stays as it is; the answer says so. Reservations and circuits live on, with the limits they were granted.
    /// </summary>
    /// <param name="options">The wanted options, all of them, usually those of <see cref="Config.ToOptions"/>.</param>
    /// <param name="cancellationToken">Gives up waiting for a start or a stop that is under way; then nothing was changed.</param>
    /// <returns>
    /// What is another value than in <see cref="Options"/>, and whether it is in force now; empty when nothing is. An option that comes or goes (the relay
    /// service, <see cref="NetworkOnlyOption"/>) needs a new node, as do addresses, identity and connection limits.
    /// </returns>
    /// <exception cref="ArgumentException">An option of one kind is there twice; nothing was changed.</exception>
    /// <exception cref="ObjectDisposedException">The node was disposed.</exception>
    public async Task<IReadOnlyList<OptionChange>> ApplyAsync(IReadOnlyList<NodeOption> options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        NodeOptionChanges.ThrowIfTwice(options, nameof(options));
        await _lifecycle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            OptionChange[] changes = [.. NodeOptionChanges.Between(Options, options)];
            NodeOption[] taken = [.. Options.Select(option => Take(option, options))];
            Volatile.Write(ref _options, taken);
            if (changes.Any(static change => change.IsApplied))
                await ApplyNeedsLifecycleAsync(taken).ConfigureAwait(false);
            return changes;
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    private static NodeOption Take(NodeOption inForce, IReadOnlyList<NodeOption> wanted) => inForce switch
    {
        RelayServiceOption => wanted.OfType<RelayServiceOption>().SingleOrDefault() ?? inForce,
        NetworkOnlyOption => wanted.OfType<NetworkOnlyOption>().SingleOrDefault() ?? inForce,
        _ => inForce,
    };

    private async Task ApplyNeedsLifecycleAsync(NodeOption[] options)
    {
        if (options.OfType<RelayServiceOption>().SingleOrDefault() is { } service)
            Relay?.Apply(service.ToCircuitOptions());
        if (options.OfType<NetworkOnlyOption>().SingleOrDefault() is not { } networkOnly)
            return;
        if (_network is not null)
            await _network.ApplyAsync(networkOnly).ConfigureAwait(false);
        foreach (NetworkOnlyAcl list in _members)
            list.Take(networkOnly);
    }
}
