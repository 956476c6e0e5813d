using System.Collections.Concurrent;
using McpHub.Batching;
using McpHub.Testing;

namespace McpHub.Tests.Batching;

/// <summary>Batches whose calls fail, hang, throw and are cancelled at random: whatever happens, every item has exactly one outcome.</summary>
public sealed class BatchStressTests
{
    [Fact]
    public async Task EveryItem_HasExactlyOneOutcome_WhateverHappens()
    {
        var admissions = new Admissions(new AdmissionLimits(16, 10_000, TimeSpan.FromMilliseconds(1)), TimeProvider.System);
        await Parallel.ForAsync(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken }, async (seed, _) =>
        {
            var random = new Random(seed);
            var items = RandomItems(random);
            var told = new ConcurrentQueue<int>();
            var calls = new ScriptedCalls { Bulk = new BulkForm("all", "/items", "/out", 4), Call = Misbehave(seed), BulkCall = _ => """{"structuredContent":{"out":[1,2]}}""" };
            var made = new ConcurrentDictionary<string, int>();
            var inner = calls.Call;
            calls.Call = (item, token) =>
            {
                made.AddOrUpdate(item.Id!, 1, (_, n) => n + 1);
                return inner(item, token);
            };
            var services = new BatchServices
            {
                Admissions = admissions,
                Time = TimeProvider.System,
                MostOfBatch = random.Next(1, 20),
                MostBytes = 1 << 20,
                Timeout = random.Next(4) == 0 ? TimeSpan.FromMilliseconds(5) : TimeSpan.FromMinutes(1),
                BulkWait = TimeSpan.FromMilliseconds(1),
                OnBroken = _ => { },
            };
            using var cancellation = new CancellationTokenSource();
            if (services.Timeout > TimeSpan.FromSeconds(1))
            {
                // Some calls only end when they are told to.
                cancellation.CancelAfter(random.Next(1, 20));
            }

            var request = new BatchRequest { Items = items, IsSequential = random.Next(4) == 0, StopOnError = random.Next(3) == 0 };
            var outcomes = await new BatchRun(request, calls, services, (item, _) => told.Enqueue(item.Index))
                .RunAsync(cancellation.Token).WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);

            Assert.Equal(items.Length, outcomes.Count);
            Assert.All(outcomes, Assert.NotNull);
            Assert.Equal(Enumerable.Range(0, items.Length), told.Order());
            Assert.All(made, call => Assert.Equal(1, call.Value));
            foreach (var item in items.Where(i => outcomes[i.Index].IsSuccess))
            {
                Assert.All(item.DependsOn, id => Assert.True(outcomes[int.Parse(id, System.Globalization.CultureInfo.InvariantCulture)].IsSuccess, $"seed {seed}"));
            }
        });

        await Patience.UntilAsync(() => admissions is { Running: 0, Waiting: 0 }, "every place was given back");
    }

    /// <summary>A deadline or a cancel gives an outcome to whatever has lost its own, so here is neither.</summary>
    [Fact]
    public async Task EveryItem_HasAnOutcomeOfItsOwn_WhenNothingEndsTheBatch()
    {
        await Parallel.ForAsync(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken }, async (seed, _) =>
        {
            var random = new Random(seed);
            var items = RandomItems(random);
            var calls = new ScriptedCalls { Bulk = new BulkForm("all", "/items", "/out", 4), Call = Misbehave(seed, isEndless: false), BulkCall = _ => """{"structuredContent":{"out":[1,2]}}""" };
            foreach (var item in items.Where(_ => random.Next(3) == 0))
            {
                calls.RefusedOnce[item.Id!] = true;
            }

            var time = new HurriedTime();
            var admissions = new Admissions(new AdmissionLimits(random.Next(1, 4), random.Next(0, 6), TimeSpan.FromMilliseconds(1)), time);
            var services = new BatchServices
            {
                Admissions = admissions,
                Time = time,
                MostOfBatch = random.Next(1, 20),
                MostBytes = 1 << 20,
                Timeout = TimeSpan.FromDays(1000),
                BulkWait = TimeSpan.FromMilliseconds(1),
                OnBroken = _ => { },
            };

            var request = new BatchRequest { Items = items, IsSequential = random.Next(4) == 0, StopOnError = random.Next(2) == 0 };
            IReadOnlyList<ItemOutcome> outcomes;
            try
            {
                outcomes = await new BatchRun(request, calls, services).RunAsync(CancellationToken.None).WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"Seed {seed}: an item has no outcome.");
            }

            Assert.All(outcomes, o => Assert.False(o.Status is ItemStatus.TimedOut or ItemStatus.Cancelled, $"seed {seed}"));
            await Patience.UntilAsync(() => admissions is { Running: 0, Waiting: 0 }, "every place was given back");
        });
    }

    private static BatchItem[] RandomItems(Random random)
    {
        string[] tools = ["read", "write", "many", "missing", "direct"];
        return [.. Enumerable.Range(0, random.Next(1, 40)).Select(i => new BatchItem
        {
            Index = i,
            Id = $"{i}",
            Tool = tools[random.Next(tools.Length)],
            Params = System.Text.Encoding.UTF8.GetBytes($"{{\"n\":{random.Next(5)}}}"),
            Priority = random.Next(-10, 11),
            DependsOn = i > 0 && random.Next(3) == 0 ? [$"{random.Next(i)}"] : [],
        })];
    }

    private static Func<BatchItem, CancellationToken, Task<ItemOutcome>> Misbehave(int seed, bool isEndless = true)
    {
        var random = new Random(seed);
        return async (_, token) =>
        {
            int choice;
            lock (random)
            {
                choice = random.Next(12);
            }

            switch (choice)
            {
                case 0:
                    throw new InvalidOperationException("broken");
                case 1:
                    return ItemOutcome.Of(McpHub.Protocol.FailureKind.UpstreamLost, "lost");
                case 2:
                    return ScriptedCalls.No;
                case 3 when !isEndless:
                    throw new OperationCanceledException();
                case 3:
                    await Task.Delay(Timeout.Infinite, token);
                    break;
                case 4 or 5:
                    await Task.Yield();
                    break;
                case 6 or 7 when !isEndless:
                    await Task.Yield();
                    return new ItemOutcome { Status = ItemStatus.Failed, Code = -31005, RetryAfter = 1 };
            }

            return ScriptedCalls.Ok;
        };
    }

    /// <summary>A clock whose waits are a thousand times as short as they are said to be.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 1000 : dueTime, period);
    }
}
