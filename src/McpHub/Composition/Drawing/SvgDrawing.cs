using System.Globalization;
using System.Net;
using System.Text;
using McpHub.Composition.Definitions;

namespace McpHub.Composition.Drawing;

/// <summary>A graph as a picture: layers from left to right, an arrow from each step to those that wait for it.</summary>
internal static class SvgDrawing
{
    private const int Width = 240;
    private const int Height = 64;
    private const int Between = 72;
    private const int Below = 24;
    private const int Margin = 24;
    private const int LongestText = 34;

    public static string Draw(CompositionPlan plan)
    {
        var layers = StepLayers.Of(plan);
        var places = new Dictionary<int, (int X, int Y)>();
        foreach (var (column, layer) in layers.Index())
        {
            foreach (var (row, step) in layer.Index())
            {
                places[step] = (Margin + (column * (Width + Between)), Margin + 28 + (row * (Height + Below)));
            }
        }

        var width = (Margin * 2) + (layers.Count * Width) + ((layers.Count - 1) * Between);
        var height = places.Values.Max(p => p.Y) + Height + Margin;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13">
              <defs><marker id="to" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="#556"/></marker></defs>
              <rect width="100%" height="100%" fill="#fff"/>
              <text x="{Margin}" y="{Margin}" font-size="16" font-weight="bold">{Escape(plan.Definition.Name)}</text>

            """);
        for (var i = 0; i < plan.Steps.Length; i++)
        {
            foreach (var dependency in plan.Steps[i].Dependencies)
            {
                DrawArrow(svg, places[dependency], places[i]);
            }
        }

        for (var i = 0; i < plan.Steps.Length; i++)
        {
            DrawStep(svg, plan.Steps[i].Definition, places[i]);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void DrawArrow(StringBuilder svg, (int X, int Y) from, (int X, int Y) to)
    {
        var (x1, y1, x2, y2) = (from.X + Width, from.Y + (Height / 2), to.X, to.Y + (Height / 2));
        var middle = (x1 + x2) / 2;
        svg.Append(CultureInfo.InvariantCulture, $"""
              <path d="M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}" fill="none" stroke="#556" marker-end="url(#to)"/>

            """);
    }

    private static void DrawStep(StringBuilder svg, StepDefinition step, (int X, int Y) at)
    {
        var fill = step.IsQuestion ? "#fdf3d8" : step.When is not null ? "#eef4ee" : "#e8eefc";
        var dashes = step.When is null ? "" : " stroke-dasharray=\"5 3\"";
        svg.Append(CultureInfo.InvariantCulture, $"""
              <g><rect x="{at.X}" y="{at.Y}" width="{Width}" height="{Height}" rx="8" fill="{fill}" stroke="#556"{dashes}/>
                <text x="{at.X + 12}" y="{at.Y + 20}" font-weight="bold">{Escape(step.Id)}</text>
                <text x="{at.X + 12}" y="{at.Y + 38}">{Escape(step.Tool ?? "asks the caller")}</text>
                <text x="{at.X + 12}" y="{at.Y + 55}" font-size="11" fill="#556">{Escape(string.Join("; ", StepLayers.Notes(step)))}</text></g>

            """);
    }

    private static string Escape(string text) =>
        WebUtility.HtmlEncode(text.Length <= LongestText ? text : text[..(LongestText - 1)] + "…");
}
