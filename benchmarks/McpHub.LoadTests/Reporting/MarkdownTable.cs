namespace McpHub.LoadTests.Reporting;

/// <summary>A table that reads well on a terminal and in a Markdown file. All columns but the first few are numbers.</summary>
internal sealed class MarkdownTable(int textColumns, params string[] head)
{
    private readonly List<string[]> _rows = [head];

    public void Add(params string[] row) => _rows.Add(row);

    public void Write(TextWriter output)
    {
        var widths = head.Select((_, column) => _rows.Max(row => row[column].Length)).ToArray();
        for (var index = 0; index < _rows.Count; index++)
        {
            output.WriteLine($"| {string.Join(" | ", _rows[index].Select((cell, column) => Pad(cell, column, widths[column])))} |");
            if (index == 0)
                output.WriteLine($"|{string.Join('|', widths.Select((width, column) => Rule(column, width)))}|");
        }
    }

    private string Pad(string cell, int column, int width) => column < textColumns ? cell.PadRight(width) : cell.PadLeft(width);

    private string Rule(int column, int width) =>
        column < textColumns ? new string('-', width + 2) : new string('-', width + 1) + ":";
}
