namespace Relay.Interop.Tests.Peer;

/// <summary>How reading from a stream, or a stream as a whole, ended.</summary>
internal enum StreamEnd
{
    /// <summary>The other end closed its writing side (FIN).</summary>
    Eof,

    /// <summary>The other end reset the stream (RST).</summary>
    Reset,

    /// <summary>This end reset the stream.</summary>
    Aborted,

    /// <summary>As an end of reading: the connection went away without a word on the stream. Of the whole stream: both sides were closed in order.</summary>
    Closed,
}
