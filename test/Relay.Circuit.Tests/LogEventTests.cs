using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Relay.Circuit.Tests;

[TestFixture]
internal sealed class LogEventTests
{
    [Test]
    public void Each_event_has_an_id_of_its_own()
    {
        int[] ids =
        [
            .. typeof(CircuitRelay).Assembly.GetTypes()
                .SelectMany(t => t.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                .Select(m => m.GetCustomAttribute<LoggerMessageAttribute>()?.EventId)
                .OfType<int>(),
        ];
        Assert.That(ids, Is.Unique.And.Length.GreaterThan(15));
        Assert.That(ids, Is.All.InRange(1000, 1299));
    }
}
