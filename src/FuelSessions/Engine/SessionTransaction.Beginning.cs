using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace FuelSessions.Engine;

/// <summary>How a session is stored for the first time: if there is something in it, somebody can come back to it, and the client may [R7, C7, F7].</summary>
internal sealed partial class SessionTransaction
{
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder))]
    private async ValueTask SaveAsync(Fresh fresh, bool explicitly, StoreDeadline deadline)
    {
        if (_content.Current.IsEmpty && _intent.Attachment?.Owner is null)
        {
            Saved(explicitly);
            return;
        }

        Asker asker = Asker;
        _answer.IsWithheld = asker.IsKeptBack;
        if (asker.IsKeptBack)
        {
            // Nothing is kept that nobody could come back to [C7].
            Saved(explicitly);
            return;
        }

        if (_visit.Boundary.HeadersSent)
        {
            throw TooLate("begun");
        }

        Variables variables;
        Change? last;
        Kept first;
        lock (_content)
        {
            (variables, last) = (_content.Current, _content.LastChange);
            first = Planner.Begin(fresh, asker, _intent, variables);
        }

        Committing.Fitting(first.Record, _visit.Storage, Options);
        if (_visit.Boundary.RefuseNew(Driver, Options) is { } refusal)
        {
            Report(SessionEventKind.TooManyNew, Key, Principal);

            // Whoever catches it has been told, and is not told again when the response goes out [F7].
            Empty();
            throw refusal;
        }

        await TakePlaceAsync(fresh).ConfigureAwait(false);
        using Activity? span = SessionSpans.Start(SessionSpans.Save, Driver);
        await Committing.BeginAsync(_visit.Storage, Options, first.Record, deadline).ConfigureAwait(false);
        Diagnostics.Started(Events, Driver, first.Record);
        Settle(first, variables, last, first.Record.Version);
        _answer.ToSend = first;
        await ArriveAsync(before: null, first.Record, isArriving: false, explicitly).ConfigureAwait(false);
        Saved(explicitly);
    }
}
