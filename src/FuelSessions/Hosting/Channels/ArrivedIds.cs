namespace FuelSessions;

/// <summary>The ids that came in a request. Nearly always it is one: no list is made for it.</summary>
internal struct ArrivedIds
{
    /// <summary>Each dead one costs a read of the store: nobody has more paths, domains and channels in use than that.</summary>
    internal const int Most = 8;

    private List<ChannelReader.Arrival>? _others;

    internal ChannelReader.Arrival First { get; private set; }

    internal readonly ChannelReader.Arrival[]? Others => _others?.ToArray();

    internal void Add(ChannelReader.Arrival? arrival)
    {
        if (arrival is not { } added)
        {
            return;
        }

        if (First.Id is null)
        {
            First = added;
        }
        else if (added.Id is not null && (_others ??= []).Count < Most - 1)
        {
            // One that can't be read keeps nobody out beside one that can.
            _others.Add(added);
        }
    }

    /// <summary>Records that came along tell themselves which one is over, and which one is an older copy of another.</summary>
    internal readonly ChannelReader.Arrival Newest(IdProtector protector)
    {
        if (_others is null)
        {
            return First;
        }

        ChannelReader.Arrival newest = default;
        foreach (ChannelReader.Arrival arrival in _others.Prepend(First).Where(arrival => protector.IsLive(arrival.Record!)))
        {
            if (newest.Record is not { } record
                || (arrival.Record!.Key == record.Key && (arrival.Record.Epoch, arrival.Record.Version).CompareTo((record.Epoch, record.Version)) > 0))
            {
                newest = arrival;
            }
        }

        return newest.Id is null ? First : newest;
    }
}
