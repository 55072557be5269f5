using System.Text;
using FuelSessions.Fuzz.Running;

namespace FuelSessions.Fuzz.Targets;

/// <summary>A good text that is altered step by step, as an input says.</summary>
internal static class AlteredText
{
    /// <summary>A deed that is a target's own.</summary>
    /// <param name="at">Somewhere in the text.</param>
    /// <param name="character">One of the alphabet.</param>
    internal delegate void Deed(StringBuilder text, int deed, int at, char character, ref Recipe recipe);

    /// <param name="alphabet">What is written into the text.</param>
    /// <param name="deeds">How many there are. The first four write over a character, remove one, insert one, and cut the text off; where there is no character, and the others, are the target's.</param>
    internal static string Of(string good, string alphabet, int deeds, ref Recipe recipe, Deed own)
    {
        var text = new StringBuilder(good);
        while (!recipe.IsOver)
        {
            int deed = recipe.Below(deeds);
            int at = text.Length == 0 ? 0 : recipe.Short() % text.Length;
            char character = alphabet[recipe.Below(alphabet.Length)];
            switch (deed)
            {
                case 0 when text.Length > 0:
                    text[at] = character;
                    break;
                case 1 when text.Length > 0:
                    text.Remove(at, 1);
                    break;
                case 2:
                    text.Insert(at, character);
                    break;
                case 3:
                    text.Length = at;
                    break;
                default:
                    own(text, deed, at, character, ref recipe);
                    break;
            }
        }

        return text.ToString();
    }
}
