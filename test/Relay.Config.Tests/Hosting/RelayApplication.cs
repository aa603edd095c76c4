using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Relay.TestKit;

namespace Relay.Tests.Hosting;

/// <summary>A real host with a relay node and an appsettings.json of its own, in a folder of its own.</summary>
internal sealed class RelayApplication : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly IHost _host;

    /// <param name="section">The content of the section <c>Relay</c>.</param>
    /// <param name="configure">Completes the services.</param>
    /// <param name="layer">Adds to the configuration, over the file.</param>
    public RelayApplication(string section, Action<IServiceCollection>? configure = null, Action<IConfigurationBuilder>? layer = null)
    {
        Write(section);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ContentRootPath = _folder });
        builder.Configuration.SetBasePath(_folder).AddJsonFile("appsettings.json", optional: false, reloadOnChange: true);
        layer?.Invoke(builder.Configuration);
        builder.Services.AddRelayNode(builder.Configuration.GetSection("Relay"));
        builder.Services.AddSingleton<ILoggerFactory>(Log);
        configure?.Invoke(builder.Services);
        _host = builder.Build();
    }

    public RecordingLogger Log { get; } = new();

    private string FilePath => Path.Combine(_folder, "appsettings.json");

    public RelayNode Node => _host.Services.GetRequiredService<RelayNode>();

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public Task StartAsync() => _host.StartAsync().InTime();

    public Task StopAsync() => _host.StopAsync().InTime();

    /// <summary>Replaces appsettings.json in one step, as a careful editor does.</summary>
    public void Write(string section) => WriteFile($$"""{ "Relay": {{section}} }""");

    /// <summary>The same with all of its content.</summary>
    public void WriteFile(string json)
    {
        File.WriteAllText(FilePath + ".new", json);
        File.Move(FilePath + ".new", FilePath, overwrite: true);
    }

    public void DeleteFile() => File.Delete(FilePath);

    public async Task<HealthReportEntry> CheckHealthAsync()
    {
        HealthReport report = await Get<HealthCheckService>().CheckHealthAsync().InTime();
        return report.Entries["relay"];
    }

    /// <summary>Waits until something is logged with this id, and gives its text.</summary>
    public async Task<string> LoggedAsync(int eventId)
    {
        await Eventually.TrueAsync(() => Log.Entries.Any(entry => entry.EventId == eventId), $"whether event {eventId} is logged");
        return Log.Entries.First(entry => entry.EventId == eventId).Message;
    }

    public async ValueTask DisposeAsync()
    {
        await ((IAsyncDisposable)_host).DisposeAsync().InTime();
        Directory.Delete(_folder, recursive: true);
    }
}
