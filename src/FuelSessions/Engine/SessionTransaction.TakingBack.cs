namespace FuelSessions.Engine;

/// <summary>How a request takes back what it has done and not stored: because the app asks for it, or after an error.</summary>
internal sealed partial class SessionTransaction
{
    /// <summary>Back to what the session was when it was loaded, or last saved.</summary>
    internal void Reset()
    {
        ThrowIfOver();
        if (_standing is not { } standing)
        {
            return;
        }

        standing = (standing as Fresh)?.Left ?? standing;
        Kept? stored = standing as Kept ?? _intent.Ends;
        _intent = Intent.None;
        if (stored is not null)
        {
            Adopt(stored);
            _visit.Binding = StandingTo(stored.Record);
            _content.Reset(stored.BeganHere ? null : AgesFlash);
            return;
        }

        _content.Empty();
        if (standing is Apart { State: SessionState.Detached or SessionState.Gone } apart)
        {
            apart.IsUntold = false;
            _standing = apart;
        }
        else if (_visit.Presented is null)
        {
            BeginWithoutId();
        }
        else
        {
            BeginNew();
        }
    }

    /// <summary>
    /// Forgets everything that is not stored: the next use reads again, unless the answer carries what this request itself has stored. After an error,
    /// whose changes are not saved.
    /// </summary>
    internal void Discard()
    {
        _content.Empty();
        _intent = Intent.None;
        _shown = null;
        _answer.Left = _standing ?? _answer.Left;
        _standing = null;
        if (_answer.ToSend is { } stored)
        {
            Adopt(stored);
        }

        _progress = new Progress { IsSaved = _progress.IsSaved, IsOver = _progress.IsOver, Over = _progress.Over };
    }
}
