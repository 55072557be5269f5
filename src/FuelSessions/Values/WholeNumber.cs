using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FuelSessions.Values;

/// <summary>Whole numbers of any size: as a number, or as hexadecimal text where decimal digits would take more than linear time.</summary>
internal sealed class WholeNumber : JsonConverter<BigInteger>
{
    private const int MostDecimalBits = 4096;

    public override BigInteger Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return BigInteger.Parse(reader.GetString()!, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }

        if (reader.TokenType != JsonTokenType.Number || reader.ValueSpan.Length > MostDecimalBits)
        {
            throw new JsonException("No whole number.");
        }

        return BigInteger.Parse(Encoding.ASCII.GetString(reader.ValueSpan), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }

    public override void Write(Utf8JsonWriter writer, BigInteger value, JsonSerializerOptions options)
    {
        if (value.GetBitLength() > MostDecimalBits)
        {
            writer.WriteStringValue(value.ToString("x", CultureInfo.InvariantCulture));
        }
        else
        {
            writer.WriteRawValue(value.ToString(CultureInfo.InvariantCulture));
        }
    }
}
