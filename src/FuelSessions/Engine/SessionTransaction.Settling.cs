using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>What a request goes on with once its session is stored [W2, R5].</summary>
internal sealed partial class SessionTransaction
{
    // What is stored by now, and what it means for the app and the client.
    private void Settle(Kept read, in Committed done, in Asker asker)
    {
        bool isProlonged = false;
        switch (done.Plan)
        {
            case Plan.Write write:
                bool isRotated = !write.Record.CurrentHash.Equals(done.Basis.CurrentHash);
                ShownIds? unmoved = isRotated && _intent.Rotation is null ? Shown.Unmoved(done.Basis) : null;
                Settle(read.With(write.Record, write.Current, write.Tokens), write.Variables, write.Last, write.Record.Version);
                _shown = unmoved ?? _shown;
                Diagnostics.Written(Events, Driver, done.Basis, write.Record, done.Attempts);
                _answer.EndedBinding ??= write.Record.Binding is null ? done.Basis.Binding : null;
                isProlonged = write.Record.Expires != done.Basis.Expires;
                break;
            case Plan.Touch touch:
                Overtake(read, done.Basis);
                _standing = read.With(done.Basis with { Expires = touch.Expires });
                SessionSpans.Outcome("touched");
                isProlonged = true;
                break;
            default:
                SessionSpans.Outcome("lost");
                Overtake(read, done.Basis);
                break;
        }

        _answer.ToSend = _standing is Kept kept ? Announcement.After(_answer.ToSend, kept, asker, isProlonged) : null;
    }

    // What another request has stored is what this one goes on with: it has nothing to add.
    private void Overtake(Kept read, SessionRecord stored)
    {
        if (!ReferenceEquals(stored, read.Record))
        {
            Settle(read.With(stored), Variables.Of(stored), last: null, written: null);
        }
    }

    private void Settle(Kept kept, Variables variables, Change? last, long? written)
    {
        lock (_content)
        {
            if (_intent.Ends is not null)
            {
                // Another thread has destroyed it meanwhile: it ends with the next save.
                return;
            }

            _content.Settle(variables, last, _standing?.Record?.Version ?? 0, written);
            _intent = Intent.None;
            _shown = _shown?.Settled(kept.Secret);
            _standing = kept;
        }
    }
}
