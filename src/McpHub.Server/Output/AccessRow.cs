using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Security.Permissions;

namespace McpHub.Server.Output;

/// <summary>What the policy says of one entry to one caller.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="IsVisible">Whether it is listed and found.</param>
/// <param name="Answer">What a request for it comes to.</param>
/// <param name="Rule">The rule that says so.</param>
internal sealed record AccessRow(CatalogEntry Entry, bool IsVisible, string Answer, string Rule)
{
    public string Kind => Entry.List switch
    {
        ListMember.Tools => "tool",
        ListMember.Prompts => "prompt",
        ListMember.Resources => "resource",
        _ => "template",
    };

    /// <summary>Every entry of an endpoint, in the order of its lists.</summary>
    public static IReadOnlyList<AccessRow> Of(CatalogView all, Caller caller)
    {
        var access = all.For(caller).Access;
        return [.. all.Content.Entries.Select(e => Of(e, access?.To(e)))];
    }

    private static AccessRow Of(CatalogEntry entry, EntryAccess? access)
    {
        if (access is null)
        {
            return new AccessRow(entry, true, "yes", "");
        }

        var decision = access.Decision;
        var answer = decision.Outcome switch
        {
            AccessOutcome.Denied => "no",
            _ when access.IsConditional => "depends on the arguments",
            AccessOutcome.InsufficientScope => $"needs the scopes {string.Join(' ', decision.Scopes!)}",
            _ => "yes",
        };
        return new AccessRow(entry, access.IsVisible, answer, decision.Rule);
    }
}
