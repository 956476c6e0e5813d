using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using McpHub.Configuration;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Batching;

/// <summary>What <c>docs/features/batch.md</c> shows is what happens.</summary>
public sealed partial class BatchSampleTests
{
    [Theory]
    [MemberData(nameof(BatchClient.All), MemberType = typeof(BatchClient))]
    public async Task Request_GivesTheAnswer(string which)
    {
        await using var gateway = await GatewayHost.StartAsync();
        await using var client = await BatchClient.ConnectAsync(gateway, which);
        var blocks = Blocks();

        var result = await client.CallAsync(blocks[0]);

        var expected = JsonNode.Parse(blocks[1])!;
        Assert.True(JsonNode.DeepEquals(WithoutTimes(expected), WithoutTimes(JsonNode.Parse(result.GetProperty("structuredContent").GetRawText())!)), result.GetRawText());
        Assert.Equal(result.GetProperty("structuredContent").GetRawText(), result.GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Fact]
    public void Configuration_ReadsWithoutIssues()
    {
        var folder = Directory.CreateTempSubdirectory("mcphub-batch-").FullName;
        try
        {
            var path = Path.Combine(folder, "mcphub.json");
            File.WriteAllText(path, Blocks()[2]);

            var result = ConfigurationReader.Read(path);

            Assert.Empty(result.Issues);
            Assert.Equal("get_customers", result.Config!.Upstreams.Single().Tools["get_customer"].Bulk!.Tool);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static JsonNode WithoutTimes(JsonNode batch)
    {
        foreach (var item in batch["results"]!.AsArray().Concat(batch["errors"]!.AsArray()))
        {
            Assert.Equal(JsonValueKind.Number, item!["duration_ms"]!.GetValueKind());
            item["duration_ms"] = 0;
        }

        return batch;
    }

    private static string[] Blocks()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "McpHub.sln")))
        {
            root = Path.GetDirectoryName(root)!;
        }

        return [.. Block().Matches(File.ReadAllText(Path.Combine(root, "docs", "features", "batch.md"))).Select(m => m.Groups[1].Value)];
    }

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
