using System.Globalization;
using McpHub.Caching;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Testing;
using McpHub.Tests.Fuzzing;

namespace McpHub.Tests.Caching;

/// <summary>
/// Random readers, writers, invalidations, cancels, reloads and times, in an order that the seed gives; and of each answer, whether it may
/// be: of this caller and this item, and not from before a write that had ended when the reader asked.
/// </summary>
public sealed class CacheModelCheckTests
{
    [Fact]
    public Task Answer_IsNeverStaleNorForeign_WhereCallersAreKeptApart() => FuzzRun.OfAsync(150, random => CheckAsync(random, CacheScope.Caller));

    [Fact]
    public Task Answer_IsNeverStale_WhereItIsShared() => FuzzRun.OfAsync(150, random => CheckAsync(random, CacheScope.Shared));

    private static async Task CheckAsync(Random random, CacheScope scope)
    {
        using var world = new World(random, scope);
        for (var step = 0; step < 120; step++)
        {
            world.Step();
        }

        await world.EndAsync();
    }

    private sealed class World(Random random, CacheScope scope) : IDisposable
    {
        private const int Items = 3;

        private readonly CacheRig _rig = new(ConfigOf(random, scope), Revisions.All[random.Next(Revisions.All.Count)]);

        // The state behind the server: a version for each item, and the last one whose writer has been answered.
        private readonly int[] _version = new int[Items];
        private readonly int[] _settled = new int[Items];
        private readonly List<(PendingCall Call, int Item, string Caller, int Least)> _readers = [];
        private readonly List<(PendingCall Call, int Item, string Write)> _writers = [];
        private readonly HashSet<ScriptedCall> _done = [];
        private readonly Dictionary<ScriptedCall, int> _seen = [];
        private int _lastWrite;

        public void Step()
        {
            switch (random.Next(12))
            {
                case <= 3:
                    BeginRead();
                    break;
                case 4:
                    BeginWrite();
                    break;
                case <= 6:
                    Execute();
                    break;
                case <= 8:
                    Respond();
                    break;
                case 9 when _readers.Count > 0:
                    _readers[random.Next(_readers.Count)].Call.Cancel();
                    break;
                case 10:
                    Disturb();
                    break;
                default:
                    _rig.Time.Advance(TimeSpan.FromSeconds(random.Next(1, 9)));
                    break;
            }

            Settle();
        }

        public async Task EndAsync()
        {
            // A flight that nobody waited for begins aside: its call may come to the server when all others have been answered.
            await Patience.UntilAsync(
                () =>
                {
                    for (var left = 1; left > 0;)
                    {
                        Execute();
                        Respond();
                        Settle();
                        left = _rig.Source.Calls.Count(c => !c.IsAnswered);
                    }

                    return _readers.All(r => r.Call.Answer.IsCompleted);
                },
                "every reader has its answer");

            foreach (var (call, item, caller, least) in _readers)
            {
                Check(await call.Answer, item, caller, least);
            }
        }

        public void Dispose() => _rig.Dispose();

        private static CacheConfig ConfigOf(Random random, CacheScope scope)
        {
            var rule = new CacheToolConfig
            {
                Scope = scope,
                Tags = ["item:{id}"],
                RefreshAhead = random.Next(2) == 0,
                Ttl = TimeSpan.FromSeconds(10),
                StaleIfError = random.Next(2) == 0 ? TimeSpan.FromSeconds(30) : null,
            };
            return CacheRig.ConfigOf(rule, ("set", ["item:{id}"])) with { MaxBytes = random.Next(2) == 0 ? 64 * 1024 * 1024 : 3000 };
        }

        private void BeginRead()
        {
            var item = random.Next(Items);
            var caller = "c" + random.Next(3).ToString(CultureInfo.InvariantCulture);
            var spelled = random.Next(2) == 0 ? item.ToString(CultureInfo.InvariantCulture) : $"{item}.0";
            var least = _settled[item];
            _readers.Add((_rig.Call("get", $$"""{"id":{{spelled}}}""", caller, Revisions.All[random.Next(Revisions.All.Count)]), item, caller, least));
        }

        private void BeginWrite()
        {
            var item = random.Next(Items);
            var write = "w" + _lastWrite++.ToString(CultureInfo.InvariantCulture);
            _writers.Add((_rig.Call("set", $$"""{"id":{{item}},"write":"{{write}}"}"""), item, write));
        }

        /// <summary>A call takes its effect at the server, or sees what is there; its answer is still on the way.</summary>
        private void Execute()
        {
            if (Pick(c => !_done.Contains(c)) is { } call)
            {
                _done.Add(call);
                var item = ItemOf(call);
                if (call.Target == "set")
                {
                    _version[item]++;
                }

                _seen[call] = _version[item];
            }
        }

        private void Respond()
        {
            if (Pick(c => _done.Contains(c) && !c.IsAnswered) is not { } call)
            {
                return;
            }

            switch (random.Next(8))
            {
                case 0:
                    call.Fail(FailureKind.UpstreamLost);
                    break;
                case 1:
                    call.Answer("""{"content":[{"type":"text","text":"failed"}],"isError":true}""", isToolError: true);
                    break;
                default:
                    call.Text($"{call.Caller} {ItemOf(call)} {_seen[call]}");
                    break;
            }
        }

        private void Disturb()
        {
            var item = random.Next(Items);
            switch (random.Next(5))
            {
                case 0:
                    // Somebody else changes the item, and says so.
                    _version[item]++;
                    _rig.Cache.Invalidate(new CacheChange { Reason = "test", Tags = TagSet.OfPatterns([$"item:{item}"]) });
                    _settled[item] = _version[item];
                    break;
                case 1:
                    Array.ForEach([.. Enumerable.Range(0, Items)], i => _version[i]++);
                    _rig.Cache.Invalidate(new CacheChange { Reason = "test", Tags = TagSet.OfPatterns(["item:*"]) });
                    _version.CopyTo(_settled, 0);
                    break;
                case 2:
                    _version[item]++;
                    _rig.Cache.Apply(_rig.Config);
                    _settled[item] = _version[item];
                    break;
                case 3:
                    _version[item]++;
                    _rig.Cache.OnCatalogChanged(_rig.Show(_rig.Source), new Dictionary<string, ListKinds> { ["s"] = ListKinds.Tools });
                    _settled[item] = _version[item];
                    break;
                default:
                    _rig.Cache.Invalidate(new CacheChange { Reason = "test", Names = ["other_*"] });
                    break;
            }
        }

        /// <summary>Looks at what has been answered since.</summary>
        private void Settle()
        {
            foreach (var (call, item, write) in _writers.Where(w => w.Call.Answer.IsCompleted).ToArray())
            {
                // Its effect is not newer than its answer: from here on everybody sees it.
                var effect = _rig.Source.Calls.Single(c => c.Arguments.Contains($"\"{write}\"", StringComparison.Ordinal));
                _settled[item] = Math.Max(_settled[item], _seen[effect]);
                _writers.RemoveAll(w => w.Call == call);
            }

            foreach (var reader in _readers.Where(r => r.Call.Answer.IsCompletedSuccessfully).ToArray())
            {
                Check(reader.Call.Answer.Result, reader.Item, reader.Caller, reader.Least);
                _readers.Remove(reader);
            }
        }

        private void Check(CallAnswer answer, int item, string caller, int least)
        {
            if (answer.Kind != McpResultKind.Result || answer.Text == "failed")
            {
                return;
            }

            var parts = answer.Text.Split(' ');
            Assert.Equal(scope == CacheScope.Shared ? Caller.Anonymous.Key : caller, parts[0]);
            Assert.Equal(item.ToString(CultureInfo.InvariantCulture), parts[1]);
            Assert.InRange(int.Parse(parts[2], CultureInfo.InvariantCulture), least, _version[item]);
        }

        private ScriptedCall? Pick(Func<ScriptedCall, bool> predicate)
        {
            var fitting = _rig.Source.Calls.Where(predicate).ToArray();
            return fitting.Length == 0 ? null : fitting[random.Next(fitting.Length)];
        }

        private static int ItemOf(ScriptedCall call) => call.Arguments[call.Arguments.IndexOf(':', StringComparison.Ordinal) + 1] - '0';
    }
}
