using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using FuelSessions.Engine;

namespace FuelSessions;

/// <summary>
/// The way to a session variable or to an element inside one. A text is taken apart at its dots: <c>"cart.items.7"</c>.
/// Parts that are data, and may hold dots themselves, stay whole in an interpolated path, <c>$"cart.items.{sku}"</c>, and in
/// <see cref="Of"/>.
/// </summary>
/// <remarks>
/// 1 to 32 parts; the first one, the variable's name, is not empty. In an interpolated path the dots of the text between the holes
/// separate parts, and those inside a hole do not, unless what stands there is a <see cref="SessionPath"/> itself. Only where such a path is
/// written straight into the call: a <c>string</c> that was interpolated before is a text like any other.
/// </remarks>
[InterpolatedStringHandler]
public readonly struct SessionPath : IEquatable<SessionPath>
{
    // A dotted text, the parts, or those that an interpolation is still adding.
    private readonly object? _form;

    private SessionPath(object? form) => _form = form;

    /// <summary>For the compiler, which makes interpolated paths with it.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public SessionPath(int literalLength, int formattedCount) => _form = new SessionPathParts(formattedCount);

    /// <summary>A path of these parts, each as it is.</summary>
    /// <exception cref="ArgumentException">There are none or more than 32, the first one is empty, one is null or not valid Unicode.</exception>
    public static SessionPath Of(params ReadOnlySpan<string> parts)
    {
        var path = new SessionPath(parts.ToArray());
        path.Resolve();
        return path;
    }

    /// <summary>A text, which is taken apart at its dots.</summary>
    /// <exception cref="ArgumentException">It is null or empty, begins with a dot, has more than 32 parts or is not valid Unicode.</exception>
    public static SessionPath Parse(string path)
    {
        var parsed = new SessionPath(path);
        parsed.Resolve();
        return parsed;
    }

    /// <summary>The same where a path is wanted and a text is given; checked by the member that it is given to.</summary>
    [SuppressMessage("Usage", "CA2225:Operator overloads have named alternates", Justification = "Parse")]
    public static implicit operator SessionPath(string path) => new((object)path);

    /// <summary>Whether both have the same parts.</summary>
    public static bool operator ==(SessionPath left, SessionPath right) => left.Equals(right);

    /// <summary>Whether they have different parts.</summary>
    public static bool operator !=(SessionPath left, SessionPath right) => !left.Equals(right);

    /// <summary>The path with parts behind it, each as it is.</summary>
    /// <exception cref="ArgumentException">There are more than 32 in all, one is null or not valid Unicode.</exception>
    public SessionPath Append(params ReadOnlySpan<string> parts)
    {
        VariablePath path = Resolve();
        return Of([path.Name, .. path.Rest, .. parts]);
    }

    /// <summary>For the compiler: the text of an interpolated path.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendLiteral(string value) => Parts.AddText(value);

    /// <summary>For the compiler: a hole, which is one part or a piece of one. Numbers and times are written independently of culture.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted<T>(T value, string? format = null) => Parts.AddPiece(SessionPathParts.Format(value, format));

    /// <summary>For the compiler: a hole that is a path.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted(SessionPath value)
    {
        VariablePath path = value.Resolve();
        Parts.AddPath(path.Name, path.Rest);
    }

    /// <summary>The parts with dots between them; one that holds a dot is in brackets.</summary>
    public override string ToString() => _form is null ? "" : Resolve().Text;

    /// <inheritdoc/>
    public bool Equals(SessionPath other)
    {
        if (_form is null || other._form is null)
        {
            return _form == other._form;
        }

        VariablePath left = Resolve();
        VariablePath right = other.Resolve();
        return left.Name == right.Name && left.Rest.SequenceEqual(right.Rest);
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SessionPath other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        if (_form is null)
        {
            return 0;
        }

        VariablePath path = Resolve();
        var hash = default(HashCode);
        hash.Add(path.Name);
        foreach (string part in path.Rest)
        {
            hash.Add(part);
        }

        return hash.ToHashCode();
    }

    /// <exception cref="ArgumentException">It is no path.</exception>
    internal VariablePath Resolve() => _form switch
    {
        string text => VariablePath.Parse(text),
        string[] parts => VariablePath.Of(parts),
        SessionPathParts parts => VariablePath.Of(parts.ToArray()),
        _ => VariablePath.Parse(null!),
    };

    /// <summary>Whether it is the default of the type, which leads nowhere.</summary>
    internal bool IsNone => _form is null;

    private SessionPathParts Parts => (SessionPathParts)_form!;
}
