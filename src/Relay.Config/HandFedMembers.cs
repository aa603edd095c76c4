using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Relay.Members;
using Relay.Multiformats;

namespace Relay;

/// <summary>
/// Member lists that no source feeds, so that the application says who the members are: shows their bootstrap window, and ends it when its time
/// is up. Started, stopped and changed by one caller at a time; the status is thread-safe.
/// </summary>
internal sealed partial class HandFedMembers(
    ImmutableArray<NetworkOnlyAcl> lists, NetworkOnlyOption option, TimeProvider timeProvider, ILoggerFactory loggerFactory) : IMembershipService
{
    private readonly ILogger _logger = loggerFactory.CreateLogger("Relay.Membership");
    private BootstrapWindow? _window; // null: stopped, or nothing is open
    private bool _isTold; // of the open window; it is the same one after a restart

    public MembershipStatus Status => StatusNow;

    public MembershipStatus StatusNow
    {
        get
        {
            FrozenSet<PeerId>?[] sets = [.. lists.Select(static list => list.Members)];
            bool isOpen = sets.Contains(null);
            return new MembershipStatus
            {
                IsWindowOpen = isOpen,
                WindowOpenFor = isOpen ? Volatile.Read(ref _window)?.OpenFor : null,
                MemberCount = isOpen ? 0 : sets.Length == 1 ? sets[0]!.Count : sets.SelectMany(static set => set!).Distinct().Count(),
            };
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!lists.Any(static list => list.IsWindowOpen))
            return Task.CompletedTask;

        if (!_isTold)
            TellWindow();
        _window = new BootstrapWindow(timeProvider, option.BootstrapTimeout, CloseAsync);
        return Task.CompletedTask;
    }

    public async Task StopAsync()
    {
        if (_window is { } window)
            await window.DisposeAsync().ConfigureAwait(false);
        _window = null;
    }

    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    public Task ApplyAsync(NetworkOnlyOption newOption)
    {
        option = newOption;
        _window?.Arm(newOption.BootstrapTimeout);
        return Task.CompletedTask;
    }

    private void TellWindow()
    {
        _isTold = true;
        if (option.BootstrapTimeout is { } timeout)
            LogWindowIsOpenFor(timeout);
        else
            LogWindowIsOpen();
    }

    private Task CloseAsync(CancellationToken stopping)
    {
        foreach (NetworkOnlyAcl list in lists)
        {
            if (list.CloseWindow())
                LogWindowIsClosed();
        }

        return Task.CompletedTask;
    }
}
