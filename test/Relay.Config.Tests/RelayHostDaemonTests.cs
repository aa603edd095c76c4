using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Relay.TestKit;
using RelayHost;

namespace Relay.Tests;

internal sealed class RelayHostDaemonTests
{
    [Test]
    public async Task What_does_not_end_keeps_the_process_no_longer_than_a_stop_may_take()
    {
        var time = new ManualTimeProvider();
        Task disposal = Daemon.DisposeAsync(new Endless(), time);
        Assert.That(disposal.IsCompleted, Is.False);

        time.Advance(TimeSpan.FromSeconds(1.2));

        await disposal.InTime();
    }

    [Test]
    public void The_patience_of_the_host_grows_with_the_drain_and_shrinks_with_none()
    {
        IConfigurationRoot root = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Relay:Connection:RelayService:NetworkOnly", "false"), new("Relay:ListenAddresses", "none")])
            .Build();
        using IHost host = Daemon.Build(root);
        HostOptions options = host.Services.GetRequiredService<IOptions<HostOptions>>().Value;
        using IDisposable? following = Daemon.GrowPatience(host.Services);
        Assert.That(options.ShutdownTimeout, Is.EqualTo(TimeSpan.FromSeconds(1.7)));

        foreach ((string drain, double expected) in ((string, double)[])[("1h", 3601.2), ("1s", 3601.2), ("no time", 3601.2), ("2h", 7201.2)])
        {
            root["Relay:DrainTimeout"] = drain;
            root.Reload();
            Assert.That(options.ShutdownTimeout, Is.EqualTo(TimeSpan.FromSeconds(expected)), drain);
        }
    }

    private sealed class Endless : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => new(new TaskCompletionSource().Task);
    }
}
