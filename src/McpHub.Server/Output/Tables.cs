using Spectre.Console;

namespace McpHub.Server.Output;

/// <summary>Tables for people. Where nobody looks (a pipe, a file) they have no frame, no colour and lines as long as they need.</summary>
internal static class Tables
{
    private const int NoLimit = 1000;

    public static void Write(TextWriter output, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var isTerminal = output == Console.Out ? !Console.IsOutputRedirected : output == Console.Error && !Console.IsErrorRedirected;
        using var plain = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(isTerminal ? output : plain),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        if (!isTerminal)
        {
            console.Profile.Width = NoLimit;
        }

        var table = new Table { Border = isTerminal ? TableBorder.Rounded : TableBorder.None };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column)));
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(Printable.Line(cell))));
        }

        console.Write(table);
        foreach (var line in plain.ToString().TrimEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // Cells are padded to their column, also the last one.
            output.WriteLine(line.TrimEnd());
        }
    }
}
