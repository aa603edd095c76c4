using Microsoft.Extensions.Options;
using Relay.Hosting;
using Relay.TestKit;

namespace Relay.Tests.Hosting;

internal sealed class LastGoodConfigFactoryTests
{
    private int _maxConnections;

    [SetUp]
    public void StartWell() => _maxConnections = 5;

    [Test]
    public void A_first_configuration_that_is_wrong_is_an_exception_also_when_one_of_another_name_was_good()
    {
        using var log = new RecordingLogger();
        LastGoodConfigFactory factory = Create(log);
        Config good = factory.Create("one");

        _maxConnections = 0;

        Assert.That(() => factory.Create("two"), Throws.InstanceOf<OptionsValidationException>());
        Assert.That(factory.Create("one"), Is.SameAs(good));
    }

    [Test]
    public void One_problem_is_logged_once_however_often_it_is_met_and_again_when_it_comes_back()
    {
        using var log = new RecordingLogger();
        LastGoodConfigFactory factory = Create(log);
        factory.Create(Options.DefaultName);

        foreach (int value in (int[])[0, 0, 0, -1, 7, -1])
        {
            _maxConnections = value;
            factory.Create(Options.DefaultName);
        }

        Assert.That(log.Entries.Select(entry => entry.Message.Split('"')[1]), Is.EqualTo(new[] { "0", "-1", "-1" }));
    }

    private LastGoodConfigFactory Create(RecordingLogger log)
    {
        var setup = new ConfigureNamedOptions<Config>(null, config => config.Connection.MaxConnections = _maxConnections);
        return new LastGoodConfigFactory([setup], [], [new ConfigValidator()], configuration: null, log);
    }
}
