using System.Diagnostics.CodeAnalysis;

namespace FuelSessions.Values;

/// <summary>Variables by name, in the order in which they were added. Removing one costs no more than finding it.</summary>
internal sealed class OpenVariables
{
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    // What was removed leaves a gap, until there are more gaps than variables.
    private List<Variable?> _slots = [];

    // A dictionary puts what is added after a removal where the gap is.
    private bool _isInOrder = true;

    internal int Count => _places.Count;

    internal IReadOnlyCollection<string> Names => _isInOrder ? _places.Keys : [.. InOrder().Select(static variable => variable.Name)];

    internal bool TryGet(string name, [NotNullWhen(true)] out Variable? variable)
    {
        Steps.Take(1);
        variable = _places.TryGetValue(name, out int place) ? _slots[place] : null;
        return variable is not null;
    }

    internal void Put(Variable variable)
    {
        Steps.Take(1);
        if (_places.TryGetValue(variable.Name, out int place))
        {
            _slots[place] = variable;
        }
        else
        {
            _places.Add(variable.Name, _slots.Count);
            _slots.Add(variable);
        }
    }

    internal void Remove(string name)
    {
        Steps.Take(1);
        if (!_places.Remove(name, out int place))
        {
            return;
        }

        _slots[place] = null;
        _isInOrder = false;
        if (_slots.Count > 2 * _places.Count)
        {
            Close();
        }
    }

    internal IEnumerable<Variable> InOrder() => _slots.OfType<Variable>();

    private void Close()
    {
        Steps.Take(_slots.Count);
        _slots = [.. InOrder()];
        for (int place = 0; place < _slots.Count; place++)
        {
            _places[_slots[place]!.Name] = place;
        }
    }
}
