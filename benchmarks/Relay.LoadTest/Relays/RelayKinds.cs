using Relay.LoadTest.Options;

namespace Relay.LoadTest.Relays;

/// <summary>The relays of a run.</summary>
internal static class RelayKinds
{
    /// <summary>Those that the options ask for and that there are; the first is the one that the others are compared with.</summary>
    public static List<RelayKind> Choose(LoadTestOptions options, TextWriter progress)
    {
        List<RelayKind> kinds = [];
        if (options.Relays.Contains(OwnRelay.KindName))
            kinds.Add(new RelayKind(OwnRelay.KindName, () => OwnRelay.StartAsync(options.BufferSize)));
        if (options.Relays.Contains(JsRelay.KindName))
        {
            if (JsRelay.Install(progress) is { } installation)
                kinds.Add(new RelayKind(JsRelay.KindName, () => JsRelay.StartAsync(installation)));
            else
                progress.WriteLine("npm is not on the PATH: js-libp2p's relay is left out.");
        }

        kinds.AddRange(options.Others.Select(static other => new RelayKind(other.Name, () => Task.FromResult<RelayUnderTest>(
            new OtherRelay { Name = other.Name, Address = other.Address, Pid = other.Pid }))));
        return kinds;
    }
}
