using System.Collections.Immutable;

namespace Relay.Members;

/// <summary>
/// A membership source and, when it is a combined one, its parts down to those that are read; a source that is there twice is read once.
/// As thread-safe as its readers.
/// </summary>
internal sealed class MembershipTree
{
    private readonly IMembershipSource _root;
    private readonly Dictionary<IMembershipSource, SourceReader> _readers = new(ReferenceEqualityComparer.Instance);

    public MembershipTree(IMembershipSource root, Func<IMembershipSource, SourceReader> createReader)
    {
        _root = root;
        AddReaders(root, Polarity.Open, createReader);
        Readers = [.. _readers.Values];
    }

    /// <summary>The sources that are read.</summary>
    public ImmutableArray<SourceReader> Readers { get; }

    /// <summary>Whether each source has been read once.</summary>
    public bool HasHeardAll => Readers.All(static reader => reader.State.RefreshedAt is not null);

    /// <summary>Who the members are, by what is known of each source.</summary>
    /// <param name="mayBeOpen">Whether a bootstrap window may be open.</param>
    public PeerSet Resolve(bool mayBeOpen) => Resolve(_root, mayBeOpen ? Polarity.Open : Polarity.Positive);

    private void AddReaders(IMembershipSource source, Polarity polarity, Func<IMembershipSource, SourceReader> createReader)
    {
        if (source is not CombinedMembershipSource combined)
        {
            if (!_readers.TryGetValue(source, out SourceReader? reader))
                _readers.Add(source, reader = createReader(source));
            reader.CountsAs(polarity);
            return;
        }

        for (int i = 0; i < combined.Parts.Length; i++)
            AddReaders(combined.Parts[i], combined.PolarityOf(i, polarity), createReader);
    }

    private PeerSet Resolve(IMembershipSource source, Polarity polarity) => source is CombinedMembershipSource combined
        ? combined.Combine([.. combined.Parts.Select((part, index) => Resolve(part, combined.PolarityOf(index, polarity)))])
        : _readers[source].Resolve(polarity);
}
