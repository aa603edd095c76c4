namespace RelayHost;

/// <summary>How the process ends.</summary>
internal static class ExitCodes
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int Usage = 2; // a flag or a variable is wrong
}
