using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Relay;
using Relay.Circuit;
using Relay.Hosting;
using Relay.Multiformats;
using Relay.Settings;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts a relay node into an application's services.</summary>
public static class RelayNodeServiceCollectionExtensions
{
    /// <summary>The name of the health check.</summary>
    public const string HealthCheckName = "relay";

    private const string LogCategory = "Relay.Hosting";

    /// <summary>
    /// Adds a <see cref="RelayNode"/> that is configured by a section, starts and stops with the application, and takes over changes of the section while it
    /// runs. See <see cref="AddRelayNode(IServiceCollection, Action{Config}, Action{IServiceProvider, NodeBuilder}?)"/> for what it takes from the services.
    /// </summary>
    /// <remarks>
    /// The section is read strictly: an unknown key, a null, a value that cannot be read or is out of range, or a contradiction keeps the application from
    /// starting, with every error and the file or variable it is in. A change with an error is rejected whole and logged; a good one is logged setting by
    /// setting, with what needs a restart. <c>MembersFile</c> and <c>MembersApi</c> in the section are the membership source, unless the services have one.
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="section">The section, by convention <c>Relay</c>.</param>
    /// <param name="build">Completes the builder of the node; called once.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddRelayNode(
        this IServiceCollection services, IConfigurationSection section, Action<IServiceProvider, NodeBuilder>? build = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        services.AddSingleton(provider => new RelayConfiguration(
            section, provider.GetService<IConfiguration>(), LoggersOf(provider).CreateLogger(LogCategory)));
        services.AddSingleton<IConfigureOptions<Config>>(static provider => provider.GetRequiredService<RelayConfiguration>());
        services.AddSingleton<IOptionsChangeTokenSource<Config>>(static provider => provider.GetRequiredService<RelayConfiguration>());
        return AddCore(services, build);
    }

    /// <summary>Adds a <see cref="RelayNode"/> that is configured in code and starts and stops with the application.</summary>
    /// <remarks>
    /// The node is a singleton, to be injected wherever it is used. From the services it takes, when they are there: the <see cref="IMembershipSource"/>, the
    /// <see cref="IRelayAclFilter"/>, the <see cref="IdentityKey"/>, <see cref="TimeProvider"/>, <see cref="IMeterFactory"/> and the logging. A health check
    /// named <c>relay</c> is added: unhealthy when the node does not listen, degraded while the bootstrap window is open for too long or the members are stale.
    /// When the application stops, open circuits may go on for 500 ms, as with <see cref="HostSettings.DrainTimeout"/> of a section; to give them longer, call
    /// <see cref="RelayNode.DrainAsync"/> before.
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="configure">Fills the configuration; an invalid one keeps the application from starting.</param>
    /// <param name="build">Completes the builder of the node; called once.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddRelayNode(
        this IServiceCollection services, Action<Config> configure, Action<IServiceProvider, NodeBuilder>? build = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.Configure(configure);
        return AddCore(services, build);
    }

    private static IServiceCollection AddCore(IServiceCollection services, Action<IServiceProvider, NodeBuilder>? build)
    {
        if (services.Any(static service => service.ServiceType == typeof(RelayNode)))
            throw new InvalidOperationException("The services have a relay node already; further configuration goes through Configure<Config>.");

        services.AddOptions<Config>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<Config>, ConfigValidator>());
        services.AddSingleton<IOptionsFactory<Config>>(static provider => new LastGoodConfigFactory(
            provider.GetServices<IConfigureOptions<Config>>(),
            provider.GetServices<IPostConfigureOptions<Config>>(),
            provider.GetServices<IValidateOptions<Config>>(),
            provider.GetService<RelayConfiguration>(),
            LoggersOf(provider).CreateLogger(LogCategory)));
        services.AddSingleton(CreateOrigin);
        services.AddSingleton(provider => Build(provider, build));
        services.AddSingleton<IHostedService>(static provider => new RelayNodeService(
            provider.GetRequiredService<RelayNode>(),
            provider.GetRequiredService<NodeOrigin>(),
            provider.GetRequiredService<IOptionsMonitor<Config>>(),
            LoggersOf(provider).CreateLogger(LogCategory),
            provider.GetService<RelayConfiguration>(),
            provider.GetService<IMembershipSource>() is not null));
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            HealthCheckName,
            static provider => provider.GetRequiredService<RelayNodeHealthCheck>(),
            failureStatus: null,
            tags: null));
        services.AddSingleton(static provider => new RelayNodeHealthCheck(provider.GetRequiredService<RelayNode>()));
        return services;
    }

    private static NodeOrigin CreateOrigin(IServiceProvider provider)
    {
        Config config = provider.GetRequiredService<IOptionsMonitor<Config>>().CurrentValue;
        IMembershipSource? source = provider.GetService<IMembershipSource>() is null
            ? provider.GetService<RelayConfiguration>()?.ReadingOf(config)?.Settings.CreateMembershipSource(provider.GetService<TimeProvider>())
            : null;
        return new NodeOrigin(config, source);
    }

    private static RelayNode Build(IServiceProvider provider, Action<IServiceProvider, NodeBuilder>? build)
    {
        NodeOrigin origin = provider.GetRequiredService<NodeOrigin>();
        var builder = new NodeBuilder(origin.Config.ToOptions());
        builder.WithLoggerFactory(LoggersOf(provider));
        if ((provider.GetService<IMembershipSource>() ?? origin.Source) is { } membership)
            builder.WithMembership(membership);
        if (provider.GetService<IRelayAclFilter>() is { } acl)
            builder.WithAcl(acl);
        if (provider.GetService<IdentityKey>() is { } identity)
            builder.WithIdentity(identity);
        if (provider.GetService<TimeProvider>() is { } timeProvider)
            builder.WithTimeProvider(timeProvider);
        if (provider.GetService<IMeterFactory>() is { } meterFactory)
            builder.WithMeterFactory(meterFactory);
        build?.Invoke(provider, builder);
        return builder.Build();
    }

    private static ILoggerFactory LoggersOf(IServiceProvider provider) => provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
}
