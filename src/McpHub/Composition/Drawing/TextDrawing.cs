using System.Globalization;
using System.Text;
using McpHub.Composition.Definitions;

namespace McpHub.Composition.Drawing;

/// <summary>A graph as text: one line for each step, those that may run at the same time under the same number.</summary>
internal static class TextDrawing
{
    public static string Draw(CompositionPlan plan)
    {
        var text = new StringBuilder(plan.Definition.Name).Append('\n');
        var steps = plan.Steps.Select(s => s.Definition).ToArray();
        var ids = steps.Max(s => s.Id.Length);
        var tools = steps.Max(s => (s.Tool ?? "(asks)").Length);
        foreach (var (number, layer) in StepLayers.Of(plan).Index())
        {
            foreach (var i in layer)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {number + 1,2}  {steps[i].Id.PadRight(ids)}  {(steps[i].Tool ?? "(asks)").PadRight(tools)}");
                if (plan.Steps[i].Dependencies.Count > 0)
                {
                    text.Append("  <- ").AppendJoin(", ", plan.Steps[i].Dependencies.Select(d => steps[d].Id));
                }

                var notes = string.Join("; ", StepLayers.Notes(steps[i]));
                text.Append(notes.Length > 0 ? $"  [{notes}]" : "").Append('\n');
            }
        }

        return text.ToString().Replace(" \n", "\n", StringComparison.Ordinal);
    }
}
