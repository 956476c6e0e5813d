using McpHub.Composition.Conditions;
using McpHub.Composition.Values;
using McpHub.Configuration.Reading;
using McpHub.Protocol;

namespace McpHub.Composition.Definitions;

/// <summary>One step: a tool that is called, or something that the caller is asked. Immutable.</summary>
internal sealed record StepDefinition
{
    public required string Id { get; init; }

    /// <summary>The name that clients call the tool by; <see langword="null"/> for a step that asks.</summary>
    public string? Tool
    {
        get;
        init
        {
            field = value;
            ToolJson = value is null ? [] : JsonText.Encode(value);
        }
    }

    /// <summary><see cref="Tool"/> as JSON with its quotes.</summary>
    public byte[] ToolJson { get; private init; } = [];

    /// <summary>The arguments of the tool; or what is asked, as the params of <c>elicitation/create</c>.</summary>
    public required ValueExpression Arguments { get; init; }

    public Condition? When { get; init; }

    public ForEachDefinition? ForEach { get; init; }

    public RetryDefinition? Retry { get; init; }

    /// <summary>For each attempt; <see langword="null"/> for the tool's own.</summary>
    public TimeSpan? Timeout { get; init; }

    public ErrorMode OnError { get; init; }

    /// <summary>What is done instead when the step has failed, in <see cref="ErrorMode.Fallback"/>.</summary>
    public StepDefinition? Fallback { get; init; }

    public OutputForm Form { get; init; }

    /// <summary>The steps that have to end before, by their places, beside those that it refers to.</summary>
    public IReadOnlyList<int> After { get; init; } = [];

    /// <summary>Whether the composition goes on when this and all its fallbacks have failed.</summary>
    public bool MayFail => OnError == ErrorMode.Continue || (Fallback?.MayFail ?? false);

    /// <summary>Whether it is one call of a tool, without anything around it.</summary>
    public bool IsOneCall => this is { Tool: not null, ForEach: null, Retry: null, Timeout: null, Fallback: null };

    public bool IsQuestion => Tool is null;

    /// <summary>Where it stands.</summary>
    public required ConfigNode Node { get; init; }
}
