using FuelSessions.Engine;

namespace FuelSessions;

/// <summary>Which sessions a request has, in the order in which they came. Nearly always one, so each knows the next: no list is made for it.</summary>
internal struct SessionEntries
{
    internal SessionEntry? First { get; private set; }

    /// <summary>Whether there may be something to store when the response goes out.</summary>
    internal readonly bool IsAnyToBeSaved
    {
        get
        {
            SessionEntry? entry = First;
            while (entry is not null && !entry.Session.Transaction.IsToBeSaved)
            {
                entry = entry.Next;
            }

            return entry is not null;
        }
    }

    internal readonly SessionEntry? Find(string cookieName)
    {
        SessionEntry? entry = First;
        while (entry is not null && !entry.Session.IsCalled(cookieName))
        {
            entry = entry.Next;
        }

        return entry;
    }

    internal readonly SessionEntry? Of(SessionTransaction transaction)
    {
        SessionEntry? entry = First;
        while (entry is not null && entry.Session.Transaction != transaction)
        {
            entry = entry.Next;
        }

        return entry;
    }

    internal void Add(SessionEntry added)
    {
        if (First is not { } last)
        {
            First = added;
            return;
        }

        while (last.Next is { } next)
        {
            last = next;
        }

        last.Next = added;
    }

    internal void Remove(SessionEntry removed)
    {
        if (First == removed)
        {
            First = removed.Next;
            return;
        }

        for (SessionEntry? entry = First; entry is not null; entry = entry.Next)
        {
            if (entry.Next == removed)
            {
                entry.Next = removed.Next;
            }
        }
    }
}
