using System.Text;

namespace McpHub.Configuration.Reading;

/// <summary>Replaces <c>${…}</c> in a string, once: what is substituted is not looked through again.</summary>
internal sealed class VariableExpander(ReferenceResolver resolver)
{
    /// <summary>Expands a string; <paramref name="report"/> is called for each reference that has no value.</summary>
    public ExpandedText Expand(string text, Action<Problem> report)
    {
        if (!text.Contains("${", StringComparison.Ordinal))
        {
            return new ExpandedText(text, text, IsComplete: true);
        }

        var value = new StringBuilder();
        var shown = new StringBuilder();
        var complete = true;
        for (var at = 0; at < text.Length;)
        {
            var rest = text.AsSpan(at);
            if (rest.StartsWith("$${"))
            {
                value.Append("${");
                shown.Append("$${");
                at += 3;
                continue;
            }

            if (!rest.StartsWith("${"))
            {
                value.Append(rest[0]);
                shown.Append(rest[0]);
                at++;
                continue;
            }

            var end = rest.IndexOf('}');
            if (end < 0)
            {
                report(new Problem("opens a ${ that is not closed", "Close it with }, or write $${ for a literal ${."));
                return new ExpandedText(text, shown.Append("${").ToString(), IsComplete: false);
            }

            var body = rest[2..end].ToString();
            var resolved = resolver.Resolve(body, out var problem);
            if (problem is { } found)
            {
                complete = false;
                report(found);
            }

            value.Append(resolved ?? rest[..(end + 1)].ToString());
            shown.Append("${").Append(Reference.WithoutDefault(body)).Append('}');
            at += end + 1;
        }

        return new ExpandedText(value.ToString(), shown.ToString(), complete);
    }
}
