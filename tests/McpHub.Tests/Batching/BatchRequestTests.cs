using System.Text;
using McpHub.Batching;

namespace McpHub.Tests.Batching;

public sealed class BatchRequestTests
{
    [Fact]
    public void Request_IsReadWhole()
    {
        var batch = Read("""{"requests":[{"id":"a","tool_name":"t","params":{"x":1}},{"id":"b","tool_name":"u","priority":-3,"depends_on":["a","a"]}],"mode":"sequential","stop_on_error":true,"timeout_ms":250}""");

        Assert.Equal((true, true, TimeSpan.FromMilliseconds(250)), (batch.IsSequential, batch.StopOnError, batch.Timeout));
        Assert.Equal(("a", "t", "{\"x\":1}", 0), (batch.Items[0].Id, batch.Items[0].Tool, Encoding.UTF8.GetString(batch.Items[0].Params.Span), batch.Items[0].Priority));
        Assert.Equal(("b", "u", "{}", -3), (batch.Items[1].Id, batch.Items[1].Tool, Encoding.UTF8.GetString(batch.Items[1].Params.Span), batch.Items[1].Priority));
        Assert.Equal(["a"], batch.Items[1].DependsOn);
        Assert.All(batch.Items, item => Assert.Null(item.Problem));
    }

    [Theory]
    [InlineData("{}", "'requests' is missing")]
    [InlineData("""{"requests":{}}""", "'requests' has to be an array")]
    [InlineData("""{"requests":[]}""", "'requests' is empty")]
    [InlineData("""{"requests":[1,2,3,4]}""", "more than 3 items (gateway.batch.maxItems)")]
    [InlineData("""{"requests":[1],"mode":"fast"}""", "'mode' has to be")]
    [InlineData("""{"requests":[1],"stop_on_error":1}""", "'stop_on_error' has to be")]
    [InlineData("""{"requests":[1],"timeout_ms":0}""", "'timeout_ms' has to be")]
    [InlineData("""{"requests":[1],"timeout_ms":1.5}""", "'timeout_ms' has to be")]
    public void Batch_IsRefused_WhenItIsNone(string json, string problem)
    {
        Assert.Null(BatchRequest.Read(Encoding.UTF8.GetBytes(json), 3, out var told));
        Assert.Contains(problem, told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", "has to be an object")]
    [InlineData("""{"tool_name":"t"}""", "'id' is missing")]
    [InlineData("""{"id":7,"tool_name":"t"}""", "'id' is missing")]
    [InlineData("""{"id":"a"}""", "'tool_name' is missing")]
    [InlineData("""{"id":"a","tool_name":"t","params":[]}""", "'params' has to be an object")]
    [InlineData("""{"id":"a","tool_name":"t","priority":11}""", "'priority' has to be")]
    [InlineData("""{"id":"a","tool_name":"t","priority":"high"}""", "'priority' has to be")]
    [InlineData("""{"id":"a","tool_name":"t","depends_on":"b"}""", "'depends_on' has to be")]
    [InlineData("""{"id":"a","tool_name":"t","depends_on":[1]}""", "'depends_on' has to be")]
    public void Item_HasAProblemOfItsOwn_WhenItIsNone(string json, string problem)
    {
        var batch = Read($$"""{"requests":[{{json}},{"id":"good","tool_name":"t"}]}""");

        Assert.Contains(problem, batch.Items[0].Problem, StringComparison.Ordinal);
        Assert.Null(batch.Items[1].Problem);
    }

    [Fact]
    public void Item_IsRefused_WhoseIdsAreTooLong_AndIsNamedByTheBeginning()
    {
        var (longest, longer) = (new string('x', BatchItem.LongestId), new string('y', BatchItem.LongestId + 1));
        var batch = Read($$"""{"requests":[{"id":"{{longest}}","tool_name":"t"},{"id":"{{longer}}","tool_name":"t"},{"id":"c","tool_name":"t","depends_on":["{{longer}}"]}]}""");

        Assert.Null(batch.Items[0].Problem);
        Assert.Contains("'id' has more than 200 characters", batch.Items[1].Problem, StringComparison.Ordinal);
        Assert.Equal($"{longer[..^1]}…", batch.Items[1].Label);
        Assert.Contains("'depends_on' has an id of more than 200 characters", batch.Items[2].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Item_IsRefused_ThatDependsOnMoreThanABatchCanHave()
    {
        var ids = string.Join(",", Enumerable.Repeat("\"a\"", 101));

        var batch = Read($$"""{"requests":[{"id":"a","tool_name":"t"},{"id":"b","tool_name":"t","depends_on":[{{ids}}]}]}""");

        Assert.Contains("more than 100 ids", batch.Items[1].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void LongCycle_IsNamedInShort()
    {
        var plan = Plan([.. Enumerable.Range(0, 20).Select(i => $"{i}:{(i + 1) % 20}")]);

        Assert.EndsWith("'8' → '9' → … (20 in all) → '0'.", plan.ProblemOf(13), StringComparison.Ordinal);
    }

    [Fact]
    public void Items_AreAllRefused_ThatHaveTheSameId()
    {
        var batch = Read("""{"requests":[{"id":"a","tool_name":"t"},{"id":"b","tool_name":"t"},{"id":"\u0061","tool_name":"t"}]}""");

        Assert.Contains("'a' is not the only one", batch.Items[0].Problem, StringComparison.Ordinal);
        Assert.Null(batch.Items[1].Problem);
        Assert.Contains("'a' is not the only one", batch.Items[2].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Cycle_IsNamed_ToAllThatAreInIt_AndToNobodyElse()
    {
        var plan = Plan("a:c", "b:a", "c:b", "d:c", "e:", "f:f", "g:x");

        Assert.All([0, 1, 2], i => Assert.Contains("cycle", plan.ProblemOf(i), StringComparison.Ordinal));
        Assert.Contains("'a' → 'c' → 'b' → 'a'", plan.ProblemOf(0), StringComparison.Ordinal);
        Assert.Null(plan.ProblemOf(3));
        Assert.Null(plan.ProblemOf(4));
        Assert.Contains("'f' → 'f'", plan.ProblemOf(5), StringComparison.Ordinal);
        Assert.Contains("'x', which is not in the batch", plan.ProblemOf(6), StringComparison.Ordinal);
    }

    [Fact]
    public void Cycles_AreFoundExactly_InRandomGraphs()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var count = random.Next(1, 12);
            var edges = Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, count).Where(_ => random.Next(count) == 0).ToArray()).ToArray();
            var plan = Plan([.. edges.Select((e, i) => $"{i}:{string.Join(',', e)}")]);

            // In a cycle is what can reach itself. Each cycle is named to somebody, and nobody else is told of one.
            var reach = Enumerable.Range(0, count).Select(i => Reach(edges, i)).ToArray();
            Assert.All(Enumerable.Range(0, count), i => Assert.True(plan.ProblemOf(i) is null || reach[i].Contains(i), $"seed {seed}"));
            Assert.All(
                Enumerable.Range(0, count).Where(i => reach[i].Contains(i)),
                i => Assert.Contains(reach[i].Append(i), j => plan.ProblemOf(j) is not null));
        }
    }

    private static HashSet<int> Reach(int[][] edges, int from)
    {
        var seen = new HashSet<int>();
        var next = new Stack<int>(edges[from]);
        while (next.TryPop(out var at))
        {
            if (seen.Add(at))
            {
                Array.ForEach(edges[at], next.Push);
            }
        }

        return seen;
    }

    private static BatchPlan Plan(params string[] items) => BatchPlan.Of([.. items.Select((item, index) => new BatchItem
    {
        Index = index,
        Id = item.Split(':')[0],
        Tool = "t",
        DependsOn = item.Split(':')[1].Split(',', StringSplitOptions.RemoveEmptyEntries),
    })]);

    private static BatchRequest Read(string json)
    {
        var batch = BatchRequest.Read(Encoding.UTF8.GetBytes(json), 100, out var problem);
        Assert.Null(problem);
        return batch!;
    }
}
