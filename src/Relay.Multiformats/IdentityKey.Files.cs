namespace Relay.Multiformats;

public sealed partial class IdentityKey
{
    /// <summary>A longer file is no Ed25519 key; an RSA key of 8192 bits, to be named as such, takes less.</summary>
    private const int MaxFileLength = 16 * 1024;

    /// <summary>
    /// Reads a key from a file that <see cref="Save"/> wrote, or another libp2p implementation in the same (protobuf) form.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file does not hold an Ed25519 private key; the message says what is wrong.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IdentityKey Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] buffer = new byte[MaxFileLength + 1];
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        int length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        if (length is 0 or > MaxFileLength)
            throw new InvalidDataException($"The key file '{path}' is {(length == 0 ? "empty" : "too long to be a key")}.");
        try
        {
            return FromProtobuf(buffer.AsSpan(0, length));
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"The key file '{path}' cannot be used. {e.Message}", e);
        }
    }

    /// <summary>
    /// Reads the key, or makes a new one and saves it as <see cref="Save"/> does when there is no such file. Of several processes that
    /// start at once, one makes the key and all have it.
    /// </summary>
    /// <exception cref="InvalidDataException">
    /// There is a file, and it does not hold an Ed25519 private key. It is left as it is.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read, or cannot be written; its directory is not created.</exception>
    public static IdentityKey LoadOrCreate(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path))
            return Load(path);
        IdentityKey key = Generate();
        return PrivateFile.TryCreate(path, key.ToProtobuf()) ? key : Load(path);
    }

    /// <summary>
    /// Writes the key to a file in libp2p's protobuf form, in place of what was there, in one step: a reader sees the old key or the new
    /// one. Only the owner can read the file (mode 0600; on Windows the directory's access list applies). The directory must exist.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        PrivateFile.Replace(path, ToProtobuf());
    }
}
