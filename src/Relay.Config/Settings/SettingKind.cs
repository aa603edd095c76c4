using System.Diagnostics.CodeAnalysis;

namespace Relay.Settings;

/// <summary>A kind of values: how they are read from text and written to it, and which of them are in range. Immutable.</summary>
internal abstract class SettingKind<T>
{
    /// <summary>One word for the kind, see <see cref="Setting.Type"/>.</summary>
    public abstract string Type { get; }

    /// <summary>What a plain number counts; empty when there is none.</summary>
    public virtual string Unit => string.Empty;

    /// <summary>The least and the largest value; empty when values have no order.</summary>
    public virtual string Range => string.Empty;

    /// <summary>What is accepted as text, in one phrase: forms and range.</summary>
    public abstract string Accepted { get; }

    /// <summary>What is accepted as a value in code, in one phrase.</summary>
    public abstract string AcceptedInCode { get; }

    /// <summary>Reads a value that may still be out of range.</summary>
    /// <param name="text">The text, not empty.</param>
    /// <param name="value">The value.</param>
    /// <param name="problem">What is wrong with the text, as <c>has no unit</c>.</param>
    public abstract bool TryParse(string text, [MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out string? problem);

    /// <summary>Writes a value so that <see cref="TryParse"/> reads it back.</summary>
    public abstract string Format(T value);

    /// <summary>Says everything that keeps a value from being used, whether it came from text or from code.</summary>
    public abstract IEnumerable<SettingProblem> Check(T value);
}
