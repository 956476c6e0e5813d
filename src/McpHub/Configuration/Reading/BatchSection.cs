using McpHub.Configuration.Rules;

namespace McpHub.Configuration.Reading;

/// <summary>The <c>gateway.batch</c> section, and what tools say of bulk calls.</summary>
internal static class BatchSection
{
    public static BatchConfig Read(SectionReader? section)
    {
        var defaults = new BatchConfig();
        if (section is null)
        {
            return defaults;
        }

        var batch = defaults with
        {
            Enabled = section.Flag("enabled") ?? defaults.Enabled,
            MaxItems = section.Integer("maxItems", 1, Limits.MaxBatchItems) ?? defaults.MaxItems,
            Timeout = section.Duration("timeout") ?? defaults.Timeout,
            Concurrency = section.Integer("concurrency", 1, Limits.MaxBatchCalls) ?? defaults.Concurrency,
            PerBatch = section.Integer("perBatch", 1, Limits.MaxBatchItems) ?? defaults.PerBatch,
            PerServer = section.Integer("perServer", 1, Limits.MaxBatchCalls) ?? defaults.PerServer,
            Adaptive = section.Flag("adaptive") ?? defaults.Adaptive,
            MaxWaiting = section.Integer("maxWaiting", 1, Limits.MaxPermits) ?? defaults.MaxWaiting,
            Ageing = section.Duration("ageing") ?? defaults.Ageing,
            MaxResultBytes = section.Size("maxResultBytes") ?? defaults.MaxResultBytes,
            MicroBatch = ReadMicroBatch(section.Section("microBatch")),
        };
        section.Finish();
        return batch;
    }

    /// <summary>What a tool says of its bulk tool; <see langword="null"/> if nothing, or nothing that can be used.</summary>
    public static BulkConfig? ReadBulk(SectionReader? section)
    {
        if (section is null)
        {
            return null;
        }

        var tool = Required(section, "tool", TextRules.NotEmpty, "the bulk tool's name at the server");
        var itemsPath = Required(section, "itemsPath", JsonPointerRule.Check, "where the arguments of the calls go in its arguments, for example \"/items\"");
        var resultPath = Required(section, "resultPath", JsonPointerRule.Check, "where the results lie in its structured content, for example \"/results\"");
        var most = section.Integer("maxItems", 2, Limits.MaxBatchItems);
        section.Finish();
        if (tool is null || itemsPath is null || resultPath is null)
        {
            return null;
        }

        var bulk = new BulkConfig { Tool = tool, ItemsPath = itemsPath, ResultPath = resultPath };
        return bulk with { MaxItems = most ?? bulk.MaxItems };
    }

    private static MicroBatchConfig ReadMicroBatch(SectionReader? section)
    {
        var defaults = new MicroBatchConfig();
        if (section is null)
        {
            return defaults;
        }

        var micro = defaults with
        {
            Enabled = section.Flag("enabled") ?? defaults.Enabled,
            MaxBatchSize = section.Integer("maxBatchSize", 2, Limits.MaxBatchItems) ?? defaults.MaxBatchSize,
            MaxWait = section.Duration("maxWait") ?? defaults.MaxWait,
        };
        section.Finish();
        return micro;
    }

    private static string? Required(SectionReader section, string key, Func<string, Problem?> rule, string what)
    {
        if (section.Node[key] is null)
        {
            section.Error(new Problem($"has no {key}", $"Add \"{key}\", {what}."));
        }

        return section.Text(key, rule);
    }
}
