using Relay.Settings;

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
    /// <exception cref="ConfigValidationException">
    /// The <see cref="RelayServiceConfig.MemoryBudget"/> is less than the node could take with what stays in force of the rest, or only members may connect and
    /// the node has nothing that knows who they are; nothing was changed.
    /// </exception>
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
            if (!changes.Any(static change => change.IsApplied))
                return changes;
            NodeOption[] taken = [.. Options.Select(option => Take(option, options))];
            ThrowIfMembersAreUnknown(taken);
            RelayBudget budget = RelayBudget.WorstCase(taken, IsRunning ? _node.MaxUnreadBytes : 0);
            ThrowIfAboveBudget(taken, budget, changes);
            await ApplyNeedsLifecycleAsync(taken, budget).ConfigureAwait(false);
            LogBudget(_log, budget);
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

    // As the builder says of a node that is built so: without a member list nothing would look at the policy.
    private void ThrowIfMembersAreUnknown(NodeOption[] options)
    {
        if (!_members.IsEmpty || !options.OfType<NetworkOnlyOption>().Any(static option => option.Connect == ConnectPolicy.MembersOnly))
            return;
        throw new ConfigValidationException(
        [
            new ConfigError(
                "Connection:RelayService:ConnectPolicy",
                nameof(ConnectPolicy.MembersOnly),
                "needs a node that was built with a membership source or a NetworkOnlyAcl, and this one was not",
                nameof(ConnectPolicy.Anyone)),
        ]);
    }

    // The budget that was asked for has to hold with what is in force, not with what was asked for beside it.
    private static void ThrowIfAboveBudget(NodeOption[] options, RelayBudget worst, IEnumerable<OptionChange> changes)
    {
        if (options.OfType<RelayServiceOption>().SingleOrDefault() is not { MemoryBudget: { } budget } || worst.Total <= budget)
            return;
        string[] inForce =
        [
            .. changes
                .Where(static change => change is { IsApplied: false, Name: nameof(ConnectionLimitsOption.MaxConnections) or nameof(ConnectionLimitsOption.MaxStreamsPerConnection) })
                .Select(static change => $"Connection:{change.Name} ({change.Old}, and {change.New} only after a restart)"),
        ];
        string why = inForce.Length > 0
            ? string.Join(" and ", inForce)
            : "Connection:RelayService:MaxTotalCircuits, which was higher: what streams may receive is lowered at the next start only";
        throw new ConfigValidationException(
        [
            new ConfigError(
                "Connection:RelayService:MemoryBudget",
                SizeText.Format(budget),
                $"is less than the node can take, {worst}, with {why}",
                "at least that, or the change with a restart"),
        ]);
    }

    // In an order in which no mix of old and new expels anybody whom both would keep: a policy that admits more comes first, one that admits fewer last.
    private async Task ApplyNeedsLifecycleAsync(NodeOption[] options, RelayBudget budget)
    {
        NetworkOnlyOption? networkOnly = options.OfType<NetworkOnlyOption>().SingleOrDefault();
        bool admitsMore = networkOnly is { Connect: ConnectPolicy.Anyone };
        if (networkOnly is not null && _network is not null)
            await _network.ApplyAsync(networkOnly).ConfigureAwait(false);
        Volatile.Write(ref _options, options);
        _node.MaxUnreadBytes = budget.Unread;
        if (admitsMore)
            TakeMembers(networkOnly);
        if (options.OfType<RelayServiceOption>().SingleOrDefault() is { } service)
            Relay?.Apply(service.ToCircuitOptions());
        if (!admitsMore)
            TakeMembers(networkOnly);
    }

    private void TakeMembers(NetworkOnlyOption? option)
    {
        foreach (NetworkOnlyAcl list in option is null ? [] : _members)
            list.Take(option!);
    }
}
