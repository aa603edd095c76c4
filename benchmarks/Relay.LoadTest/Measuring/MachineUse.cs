namespace Relay.LoadTest.Measuring;

/// <summary>Who used the machine while something was measured. A sample with much of others in it is worth little.</summary>
/// <param name="Seconds">How long it took.</param>
/// <param name="RelayCpu">CPU seconds of the relay.</param>
/// <param name="LoadCpu">CPU seconds of the peers and of the harness.</param>
/// <param name="OtherCpu">CPU seconds of everything else on the machine; null where that cannot be known.</param>
internal sealed record MachineUse(double Seconds, double RelayCpu, double LoadCpu, double? OtherCpu)
{
    /// <summary>The part of the machine that others used, 0 to 1.</summary>
    public double? OtherShare => OtherCpu / (Seconds * Environment.ProcessorCount);
}
