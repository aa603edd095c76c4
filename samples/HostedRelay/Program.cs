// A relay in an ASP.NET Core application: configured by appsettings.json, with a health check, metrics, and a page about itself.
using OpenTelemetry.Metrics;
using Relay;
using Relay.Circuit;

#region host
WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Configuration.AddRelayVariables().AddCommandLine(args).AddRelayFlags(args); // EDGEVPN_RELAY_MAX_DATA; --relay-service-max-data wins
builder.Services.AddRelayNode(builder.Configuration.GetSection("Relay"));
#endregion

#region watch
builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
    .AddMeter(RelayTelemetry.MeterName)
    .AddConsoleExporter());                                                // AddOtlpExporter() in production
#endregion

#region endpoints
WebApplication app = builder.Build();
app.MapHealthChecks("/health");
app.MapGet("/relay", (RelayNode node) => new
{
    Peer = node.PeerId.ToString(),
    Addresses = node.ListenAddresses.Select(address => address.ToString()),
    node.Counts.Reservations,
    node.Counts.Circuits,
    Members = node.Membership?.MemberCount,
});
await app.RunAsync();
#endregion
