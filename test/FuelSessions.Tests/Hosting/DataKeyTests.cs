using System.Security.Cryptography;
using FuelSessions.Records;
using FuelSessions.Testing;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Tests.Hosting;

/// <summary>[C3] Ids travel under a data key, and the data key under Data Protection.</summary>
public class DataKeyTests
{
    private const string Name = "sid";

    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();
    private readonly KeyRing _keys = new();

    public DataKeyTests() => Mine = NewProtector();

    private IdProtector Mine { get; }

    [Fact]
    public void What_travels_is_base64url_and_60_characters_longer_than_the_id_under_Data_Protection_alone()
    {
        string text = Mine.ProtectId(NewId(), Name).ToString();
        Assert.Equal(80 + 155, text.Length);
        Assert.Matches("^[A-Za-z0-9_-]+$", text);
        Assert.Equal("CfDJ8", text[80..85]);
    }

    [Fact]
    public void Processes_with_one_key_ring_read_each_others_ids()
    {
        IdProtector other = NewProtector();
        foreach ((IdProtector from, IdProtector to) in new[] { (Mine, Mine), (Mine, other), (other, Mine) })
        {
            SessionId id = NewId();
            string text = from.ProtectId(id, Name).ToString();
            AssertReads(to, text, id);
            AssertReads(to, text, id);

            // A third time, from what is remembered.
            AssertReads(to, text, id);
        }
    }

    [Fact]
    public void Another_driver_another_app_and_another_key_ring_are_refused()
    {
        IdProtector[] strangers = [NewProtector(driver: "redis"), NewProtector(app: "other"), new(new KeyRing().NewProvider(), "memory", _clock)];
        foreach (IdProtector stranger in strangers)
        {
            AssertRefuses(Mine, stranger.ProtectId(NewId(), Name).ToString());
            AssertRefuses(stranger, Mine.ProtectId(NewId(), Name).ToString());
        }
    }

    [Fact]
    public void An_id_under_the_data_key_of_another_app_is_refused_with_this_apps_data_key_too()
    {
        string mine = Mine.ProtectId(NewId(), Name).ToString();
        string foreign = NewProtector(app: "other").ProtectId(NewId(), Name).ToString();
        AssertRefuses(Mine, string.Concat(foreign.AsSpan(0, 80), mine.AsSpan(80)));
    }

    [Fact]
    public void Every_other_character_in_every_place_is_refused()
    {
        string text = Mine.ProtectId(NewId(), Name).ToString();
        foreach (IdProtector reader in new[] { Mine, NewProtector() })
        {
            for (int place = 0; place < text.Length; place++)
            {
                foreach (char other in (char[])[(char)(text[place] ^ 1), 'A', '_', ' ', '=', '%', '\n', '\0', '\u00E4'])
                {
                    if (other != text[place])
                    {
                        AssertRefuses(reader, string.Concat(text.AsSpan(0, place), [other], text.AsSpan(place + 1)));
                    }
                }
            }
        }
    }

    [Fact]
    public void Every_shorter_and_every_longer_text_is_refused()
    {
        string text = Mine.ProtectId(NewId(), Name).ToString();
        foreach (IdProtector reader in new[] { Mine, NewProtector() })
        {
            for (int length = 0; length < text.Length; length++)
            {
                AssertRefuses(reader, text[..length]);
                AssertRefuses(reader, text[(length + 1)..]);
            }

            foreach (string more in (string[])["A", "=", "==", "%", " ", "\n", text, new('A', 600)])
            {
                AssertRefuses(reader, text + more);
                AssertRefuses(reader, more + text);
                AssertRefuses(reader, text.Insert(80, more));
                AssertRefuses(reader, text.Insert(120, more));
            }
        }
    }

    [Fact]
    public void Tokens_ids_and_records_are_not_taken_for_one_another()
    {
        string id = Mine.ProtectId(NewId(), Name).ToString();
        string token = Mine.ProtectToken(SessionKey.Create(), SessionSecret.Create(), _clock.GetUtcNow().AddHours(1), Name);
        AssertRefuses(Mine, token);
        AssertRefuses(Mine, string.Concat(id.AsSpan(0, 80), token));
        Assert.True(Mine.TryReadToken(token, Name, out _));
        Assert.False(Mine.TryReadToken(id, Name, out _));
        Assert.False(Mine.TryReadToken(id.AsSpan(80), Name, out _));
        Assert.False(Mine.TryReadRecord(id, Name, out _, out _));
        Assert.False(Mine.TryReadRecord(token, Name, out _, out _));
    }

    [Fact]
    public void A_data_key_is_used_for_an_hour_and_its_ids_are_good_for_longer()
    {
        SessionId id = NewId();
        string text = Mine.ProtectId(id, Name).ToString();
        for (int minute = 1; minute < 60; minute++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(text[80..], Mine.ProtectId(NewId(), Name).ToString()[80..]);
        }

        _clock.Advance(TimeSpan.FromMinutes(1));
        SessionId later = NewId();
        string next = Mine.ProtectId(later, Name).ToString();
        Assert.NotEqual(text[80..], next[80..]);
        _clock.Advance(TimeSpan.FromDays(100));
        foreach (IdProtector reader in new[] { Mine, NewProtector() })
        {
            AssertReads(reader, text, id);
            AssertReads(reader, next, later);
        }
    }

    /// <summary>Read again and again meanwhile, and for the first time at the worst moment.</summary>
    [Fact]
    public void Within_a_minute_of_the_revocation_of_a_key_its_ids_are_refused_by_who_made_them_and_by_who_read_them()
    {
        IdProtector reader = NewProtector();
        SessionId id = NewId();
        string old = Mine.ProtectId(id, Name).ToString();
        AssertReads(reader, old, id);
        AssertReads(reader, old, id);
        string[] fresh = [.. Enumerable.Range(0, 60).Select(_ => Mine.ProtectId(NewId(), Name).ToString())];
        _keys.Revoke();
        for (int second = 0; second < 60; second++)
        {
            Read(old);

            // So often that it is remembered.
            Read(fresh[second]);
            Read(fresh[second]);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        foreach (string text in (string[])[old, .. fresh])
        {
            AssertRefuses(Mine, text);
            AssertRefuses(reader, text);
        }

        void Read(string text)
        {
            Mine.TryReadId(text, Name, out _);
            reader.TryReadId(text, Name, out _);
        }
    }

    [Fact]
    public void Within_a_minute_of_the_revocation_of_a_key_new_ids_get_another_data_key()
    {
        string old = Mine.ProtectId(NewId(), Name).ToString();
        _keys.Revoke();
        _clock.Advance(TimeSpan.FromMinutes(1));
        SessionId id = NewId();
        string text = Mine.ProtectId(id, Name).ToString();
        Assert.NotEqual(old[80..], text[80..]);
        AssertReads(Mine, text, id);
        AssertReads(NewProtector(), text, id);
    }

    [Fact]
    public void A_data_key_is_trusted_while_the_key_ring_is_away_for_less_than_a_minute_and_then_it_is_an_outage()
    {
        var keys = new Outage(_keys.NewProvider());
        var protector = new IdProtector(keys, "memory", _clock);
        SessionId id = NewId();
        string text = protector.ProtectId(id, Name).ToString();
        string second = Mine.ProtectId(NewId(), Name).ToString();
        keys.IsAway = true;
        _clock.Advance(TimeSpan.FromSeconds(59));
        AssertReads(protector, protector.ProtectId(NewId(), Name).ToString());
        AssertOutage(() => protector.TryReadId(second, Name, out _));

        _clock.Advance(TimeSpan.FromSeconds(1));
        AssertOutage(() => protector.TryReadId(text, Name, out _));
        AssertOutage(() => protector.ProtectId(NewId(), Name).ToString());

        keys.IsAway = false;
        AssertReads(protector, text, id);
        Assert.Equal(text[80..], protector.ProtectId(NewId(), Name).ToString()[80..]);
    }

    [Fact]
    public void A_process_that_starts_while_the_key_ring_is_away_makes_no_id()
    {
        _keys.IsAway = true;
        IdProtector protector = NewProtector();
        AssertOutage(() => protector.ProtectId(NewId(), Name).ToString());
        AssertOutage(() => protector.ProtectToken(SessionKey.Create(), SessionSecret.Create(), _clock.GetUtcNow(), Name));
        _keys.IsAway = false;
        AssertReads(protector, protector.ProtectId(NewId(), Name).ToString());
    }

    [Fact]
    public void Many_threads_protect_and_read_at_the_same_time()
    {
        IdProtector other = NewProtector();
        Parallel.For(0, 20_000, i =>
        {
            SessionId id = NewId();
            (IdProtector from, IdProtector to) = i % 2 == 0 ? (Mine, other) : (other, Mine);
            string text = from.ProtectId(id, Name).ToString();
            AssertReads(to, text, id);
            if (i % 500 == 0)
            {
                // So that keys are asked for again, and made anew, in the middle of it.
                _clock.Advance(TimeSpan.FromMinutes(i % 1000 == 0 ? 1 : 61));
            }
        });
    }

    [Fact]
    public void The_same_id_is_never_sealed_the_same_way_twice()
    {
        SessionId id = NewId();
        var key = new DataKey(new byte[DataKey.Size], "key", 0);
        string[] texts = [.. Enumerable.Range(0, 1000).Select(_ => key.Seal(id, Name))];
        Assert.Equal(texts.Length, texts.Select(text => text[..16]).Distinct().Count());
        Assert.All(texts, text => Assert.True(key.TryOpen(text.AsSpan(0, DataKey.SealedLength), Name, out _)));
    }

    /// <summary>A client that missed the first answer gets the same text in the next one, whenever that is.</summary>
    [Fact]
    public void The_same_id_keeps_its_text_when_its_data_key_is_checked_again()
    {
        SessionId id = NewId();
        string text = Mine.ProtectId(id, Name).ToString();
        for (int minute = 0; minute < 59; minute++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(text, Mine.ProtectId(id, Name).ToString());
        }
    }

    [Fact]
    public void Parallel_answers_carry_the_same_text()
    {
        for (int round = 0; round < 500; round++)
        {
            SessionId id = NewId();
            string[] sent = new string[8];
            Parallel.For(0, sent.Length, i => sent[i] = Mine.ProtectId(id, Name).ToString());
            Assert.Single(sent.Distinct());
        }
    }

    [Fact]
    public void Ids_under_more_data_keys_than_are_known_at_a_time_are_all_read()
    {
        (SessionId Id, string Text)[] sent = [.. Enumerable.Range(0, 1500).Select(_ =>
        {
            _clock.Advance(TimeSpan.FromHours(1));
            SessionId id = NewId();
            return (id, Mine.ProtectId(id, Name).ToString());
        })];
        Assert.Equal(sent.Length, sent.Select(one => one.Text[80..]).Distinct().Count());
        IdProtector reader = NewProtector();
        Assert.All(sent, one => AssertReads(reader, one.Text, one.Id));
    }

    [Fact]
    public void A_data_key_does_not_print_itself() =>
        Assert.Equal("FuelSessions.DataKey", new DataKey(new byte[DataKey.Size], "text", 0).ToString());

    private IdProtector NewProtector(string driver = "memory", string app = "app") => new(_keys.NewProvider(app), driver, _clock);

    private static SessionId NewId() => SessionId.Create();

    private static void AssertReads(IdProtector protector, string text, SessionId? id = null)
    {
        Assert.True(protector.TryReadId(text, Name, out SessionId read));
        if (id is { } expected)
        {
            Assert.Equal(expected.Encode(), read.Encode());
        }
    }

    private static void AssertRefuses(IdProtector protector, string text)
    {
        Assert.False(protector.TryReadId(text, Name, out SessionId id));
        Assert.Null(id.Secret);
    }

    private static void AssertOutage(Action act) =>
        Assert.Contains("could not load its keys", Assert.Throws<SessionStoreException>(act).Message, StringComparison.Ordinal);

    /// <summary>A key ring that was read before and now can't be: Data Protection's own cache of it is over.</summary>
    private sealed class Outage(IDataProtectionProvider inner) : IDataProtectionProvider
    {
        internal bool IsAway { get; set; }

        public IDataProtector CreateProtector(string purpose) => new Protector(this, inner.CreateProtector(purpose));

        private sealed class Protector(Outage outage, IDataProtector inner) : IDataProtector
        {
            public IDataProtector CreateProtector(string purpose) => new Protector(outage, inner.CreateProtector(purpose));

            public byte[] Protect(byte[] plaintext) => outage.IsAway ? throw Failure() : inner.Protect(plaintext);

            public byte[] Unprotect(byte[] protectedData) => outage.IsAway ? throw Failure() : inner.Unprotect(protectedData);

            private static CryptographicException Failure() => new("Something failed.", new TimeoutException("The store of the keys is away."));
        }
    }
}
