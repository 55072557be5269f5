namespace FuelSessions.Tokens.Renewal;

/// <summary>How the provider is asked, by no two processes at once.</summary>
internal sealed partial class Renewal
{
    // Of a lock's life, what the provider may take for its answer. What is left is for storing it.
    private const double ShareOfAnswer = 0.8;

    private async Task<OAuthToken> AskAsync(Question question)
    {
        TimeSpan longest = await BeginAsync(question).ConfigureAwait(false);
        try
        {
            // Nobody's cancellation, and longer than anybody waits: once the provider has rotated, its answer must be read.
            Task<OAuthToken> asking = tools.Endpoint.RequestAsync(question.Grant, question.Parameters, longest, CancellationToken.None);
            await AnswerThoseWhoWaitAsync(asking).ConfigureAwait(false);
            OAuthToken answer = await asking.ConfigureAwait(false);
            tools.Rests.Succeeded(key, question.Grant);
            return answer;
        }
        catch (Exception error) when (error is TokenRefusedException or TokenRequestException)
        {
            if (error is TokenRequestException failure)
            {
                tools.Rests.Failed(key, question.Grant, failure, backOff: true);
            }

            // Answered or never sent, so there is nothing to wait for. What was not answered may still be.
            if (question.UsesRefreshToken && error is not TokenRequestException { Error: null, IsUnsent: false })
            {
                await tools.Begun.EndAsync(key).ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>Notes that a refresh token is about to be sent.</summary>
    /// <returns>How long its answer may take: as long as the lock or the note keeps others from sending it too, of which the store may have used up much.</returns>
    private async Task<TimeSpan> BeginAsync(Question question)
    {
        TimeSpan byLock = tools.Options.LockLifetime * ShareOfAnswer, byNote = tools.Options.RequestTimeout;
        if (question.UsesRefreshToken)
        {
            long start = tools.Clock.GetTimestamp();
            bool isNoted = await tools.Begun.BeginAsync(key, _held.Token).ConfigureAwait(false);
            if (tools.Lock is not NoRenewalLock)
            {
                byLock -= tools.Clock.GetElapsedTime(_acquired);
                byNote = isNoted ? byNote - tools.Clock.GetElapsedTime(start) : TimeSpan.Zero;
            }
        }

        TimeSpan longest = byLock > byNote ? byLock : byNote;
        if (longest >= tools.Options.RequestTimeout / 2)
        {
            return longest;
        }

        // Sent and soon given up, the refresh token would be used up for nothing.
        await tools.Begun.EndAsync(key).ConfigureAwait(false);
        throw new TokenRequestException(
            $"The token of client '{tools.Client}' was not renewed: the token store was so slow that LockLifetime was nearly over before the provider was asked. What is stored was kept.");
    }

    private async Task AnswerThoseWhoWaitAsync(Task asking)
    {
        using var answered = new CancellationTokenSource();
        Task late = Task.Delay(tools.Options.RequestTimeout, tools.Clock, answered.Token);
        if (await Task.WhenAny(asking, late).ConfigureAwait(false) == late)
        {
            answerEarly(IsOfUse(_held.Token)
                ? Task.FromResult(_held.Token)
                : Task.FromException<OAuthToken>(tools.Endpoint.NoAnswer(tools.Options.RequestTimeout)));
        }

        await answered.CancelAsync().ConfigureAwait(false);
    }
}
