namespace Relay.Multiformats;

public sealed partial class IdentityKey
{
    /// <summary>Reads a key that <see cref="Save"/>, or another libp2p implementation, wrote in the protobuf form.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not an Ed25519 private key; the message says what is wrong.</exception>
    public static IdentityKey Load(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        if (bytes.Length == 0)
            throw new InvalidDataException($"The key file '{path}' is empty.");
        try
        {
            return FromProtobuf(bytes);
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"The key file '{path}' does not hold an identity key. {e.Message}", e);
        }
    }

    /// <summary>Reads the key, or makes a new one and saves it when there is no such file. Of several processes that race, one key wins for all.</summary>
    public static IdentityKey LoadOrCreate(string path)
    {
        if (File.Exists(path))
            return Load(path);
        IdentityKey key = Generate();
        try
        {
            key.Write(path, overwrite: false);
            return key;
        }
        catch (IOException) when (File.Exists(path))
        {
            return Load(path);
        }
    }

    /// <summary>Writes the key, readable by the owner only, replacing what was there in one step.</summary>
    public void Save(string path) => Write(path, overwrite: true);

    private void Write(string path, bool overwrite)
    {
        string temporary = $"{path}.{Guid.NewGuid():n}.tmp";
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using (FileStream stream = new(temporary, options))
            {
                stream.Write(ToProtobuf());
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
