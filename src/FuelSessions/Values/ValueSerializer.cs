using System.Diagnostics.CodeAnalysis;
using System.Collections;
using System.Globalization;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace FuelSessions.Values;

/// <summary>Typed values to JSON and back, with errors that name the variable and the types [F4].</summary>
internal static class ValueSerializer
{
    internal static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions
        {
            // Stored, never put into a page: escaping what HTML needs escaped would only make records larger.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            // Without its fields a tuple would be stored as nothing.
            IncludeFields = true,
            MaxDepth = 256,
            Converters =
            {
                new WholeText(),
                new WholeCharacter(),
                new WholeNumber(),
                new StackInOrder(),
                new OpenSlot(),
                new TextForm<IPAddress>(static address => address.ToString(), IPAddress.Parse),
            },
        };
        options.TypeInfoResolverChain.Add(SessionJsonContext.Default);
        AddReflection(options);
        return options;
    }

    /// <exception cref="ArgumentException">The value can't be serialised.</exception>
    internal static byte[] Serialize<T>(VariablePath path, T value, ValueFormat format)
    {
        if (value is null)
        {
            return "null"u8.ToArray();
        }

        if (value is char and (>= '\uD800' and <= '\uDFFF'))
        {
            throw new ArgumentException($"The character in session variable '{path.Text}' is half of a surrogate pair and can't be stored without loss.", nameof(value));
        }

        Type type = value.GetType();
        try
        {
            JsonTypeInfo info = TypeInfo(typeof(T), type, format.Options);
            if (StoresNothing(info) && !format.IsUnchecked(type))
            {
                throw Nothing(type);
            }

            ValueContract contract = format.ContractOf(info.Type);
            if (typeof(T) == typeof(object) && HiddenState.IsAnonymous(type) && !format.IsUnchecked(type))
            {
                throw new ChangesOnTheWayException("It has no name to ask for it by, and as 'object' it would come back as a map. Set a map, a record, or it under its own type");
            }

            string? lost = typeof(T).IsInterface && typeof(T) != info.Type ? LostBehind(typeof(T), contract, format, info) : contract.Refusal;
            byte[] json = lost is not null ? []
                : info is JsonTypeInfo<T> own ? JsonSerializer.SerializeToUtf8Bytes(value, own)
                : JsonSerializer.SerializeToUtf8Bytes(value, info);
            lost ??= contract.NeedsCheck && ValueLoss.Find(value, contract, format) is { } loss ? $"'{contract.Type.Name}{loss.Place}' {loss.Reason}" : null;
            return lost is null ? json : throw new ChangesOnTheWayException(lost);
        }
        catch (ChangesOnTheWayException error)
        {
            throw new ArgumentException(
                $"Session variable '{path.Text}' can't hold a value of type '{type}': it would not come back as it is. {error.Message}. "
                + "If nothing is lost by that, add the type to FuelSessionsOptions.UncheckedTypes.",
                nameof(value),
                error);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new ArgumentException(
                $"Session variable '{path.Text}' can't hold a value of type '{type}': it can't be serialised as JSON. "
                + "Store plain data (numbers, text, lists, maps, objects with public properties), or add a converter to FuelSessionsOptions.SerializerOptions. "
                + "A trimmed app has each type of its own in a JsonSerializerContext, at the front of SerializerOptions.TypeInfoResolverChain.",
                nameof(value),
                error);
        }
    }

    /// <exception cref="SessionValueException">What is stored is no <typeparamref name="T"/>.</exception>
    internal static T? Deserialize<T>(VariablePath path, ReadOnlyMemory<byte> json, ValueFormat format)
    {
        try
        {
            if (typeof(T) == typeof(object))
            {
                using var document = JsonDocument.Parse(OpenNumber.Unmark(json), new JsonDocumentOptions { MaxDepth = JsonElementPath.MaxDepth });
                return (T?)Natural(document.RootElement);
            }

            var info = (JsonTypeInfo<T>)format.Options.GetTypeInfo(typeof(T));
            ReadOnlyMemory<byte> plain = OpenNumber.Unmark(json);
            return plain.Equals(json) || !format.ContractOf(typeof(T)).HasOpenSlots ? JsonSerializer.Deserialize(plain.Span, info) : DeserializeMarked(json, plain, info);
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new SessionValueException(path.Text, KindOf(json.Span), typeof(T), error);
        }
    }

    // What is asked for by an interface need not be readable as the type that is behind it.
    private static string? LostBehind(Type declared, ValueContract contract, ValueFormat format, JsonTypeInfo info) =>
        StackInOrder.ElementOf(info) is not null && !info.Converter.CanConvert(declared) ? $"As '{declared}' it would come back in reverse: set it as the stack that it is"
        : format.ContractOf(declared).Refusal is null ? null
        : contract.Refusal;

    // It was written with numbers of both kinds where nothing is declared, and may be read with others where numbers are.
    private static T? DeserializeMarked<T>(ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> plain, JsonTypeInfo<T> info)
    {
        try
        {
            return JsonSerializer.Deserialize(json.Span, info);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            return JsonSerializer.Deserialize(plain.Span, info);
        }
    }

    /// <summary>What code without a type in mind would expect: text, numbers, truth values, lists and maps.</summary>
    internal static object? Natural(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => Map(element),
        JsonValueKind.Array => element.EnumerateArray().Select(Natural).ToList(),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number when element.TryGetInt64(out long whole) => whole,
        JsonValueKind.Number => element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    // Of two of one name the last counts, as in any other form that it is read in.
    private static Dictionary<string, object?> Map(JsonElement element)
    {
        var map = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            map[property.Name] = Natural(property.Value);
        }

        return map;
    }

    /// <summary>A stored whole number, for an increment; 0 where nothing or null is stored.</summary>
    internal static long ReadInteger(VariablePath path, ReadOnlyMemory<byte>? json)
    {
        if (json is not { } stored || stored.Span.SequenceEqual("null"u8))
        {
            return 0;
        }

        return long.TryParse(OpenNumber.Unmark(stored).Span, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new SessionValueException(path.Text, KindOf(stored.Span), typeof(long), null);
    }

    internal static byte[] WriteInteger(long number)
    {
        Span<byte> buffer = stackalloc byte[20];
        number.TryFormat(buffer, out int size, default, CultureInfo.InvariantCulture);
        return buffer[..size].ToArray();
    }

    // The declared type decides if it says how its derived types are told apart; else the value's own type does, so
    // that nothing which only the derived type has is lost.
    private static JsonTypeInfo TypeInfo(Type declared, Type actual, JsonSerializerOptions options)
    {
        if (declared != actual && declared != typeof(object) && !declared.IsValueType
            && options.TryGetTypeInfo(declared, out JsonTypeInfo? info)
            && (info.PolymorphismOptions is not null || !options.TryGetTypeInfo(actual, out _)))
        {
            return info;
        }

        return options.GetTypeInfo(actual);
    }

    // A base type without members of its own stores those of its derived types.
    private static bool StoresNothing(JsonTypeInfo info) =>
        info is { Kind: JsonTypeInfoKind.Object, Properties.Count: 0, PolymorphismOptions: null } && info.Type != typeof(object);

    private static NotSupportedException Nothing(Type type) => new($"Type '{type}' has no public properties or fields to store.");

    private static string KindOf(ReadOnlySpan<byte> json) => json.IsEmpty ? "nothing" : (char)json[0] switch
    {
        '{' => "a map",
        '[' => "a list",
        '"' => "text",
        't' or 'f' => "a truth value",
        'n' => "null",
        _ => "a number",
    };

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Used with reflection only, which trimming switches off.")]
    private static bool IsToldApart(Type type)
    {
        for (Type? at = type; at is not null; at = at.BaseType)
        {
            if (at.IsDefined(typeof(JsonDerivedTypeAttribute), inherit: false))
            {
                return true;
            }
        }

        return type.GetInterfaces().Any(contract => contract.IsDefined(typeof(JsonDerivedTypeAttribute), inherit: false));
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Guarded by the feature switch that trimming sets to false.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Guarded by the feature switch that AOT sets to false.")]
    private static void AddReflection(JsonSerializerOptions options)
    {
        if (JsonSerializer.IsReflectionEnabledByDefault)
        {
            var resolver = new DefaultJsonTypeInfoResolver();
            resolver.Modifiers.Add(RefuseEmpty);
            resolver.Modifiers.Add(FillCollections);
            options.TypeInfoResolverChain.Add(resolver);
        }
    }

    // Inside a value too: what is kept in private would come back empty. Nothing is lost where the type alone says all.
    private static void RefuseEmpty(JsonTypeInfo info)
    {
        if (StoresNothing(info) && !IsToldApart(info.Type))
        {
            info.OnSerializing = static value => throw Nothing(value.GetType());
        }
    }

    // A collection that its object makes, and that has no setter, is filled when it is read, if it begins empty.
    private static void FillCollections(JsonTypeInfo info)
    {
        if (info is not { Kind: JsonTypeInfoKind.Object, CreateObject: { } create })
        {
            return;
        }

        object? sample = null;
        foreach (JsonPropertyInfo property in info.Properties)
        {
            if (property is { Set: null, Get: { } get, AssociatedParameter: null, ObjectCreationHandling: null, CustomConverter: null }
                && property.PropertyType is { IsArray: false, IsValueType: false } type && IsFillable(type))
            {
                try
                {
                    if (get(sample ??= create()) is IEnumerable empty && !empty.GetEnumerator().MoveNext() && empty is not IList { IsReadOnly: true })
                    {
                        property.ObjectCreationHandling = JsonObjectCreationHandling.Populate;
                    }
                }
                catch (Exception error) when (error is not OutOfMemoryException)
                {
                    // An object that can't be made without its parts is refused when it is set, as is any member without a setter.
                    return;
                }
            }
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Used with reflection only, which trimming switches off.")]
    private static bool IsFillable(Type type) =>
        (type.IsGenericType && type.GetGenericTypeDefinition() is var own && IsFillableContract(own))
        || Array.Exists(type.GetInterfaces(), static contract => contract.IsGenericType && IsFillableContract(contract.GetGenericTypeDefinition()));

    private static bool IsFillableContract(Type definition) => definition == typeof(ICollection<>);

    private sealed class ChangesOnTheWayException(string message) : NotSupportedException(message);
}
