using System.ComponentModel;
using McpHub;
using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace Library;

[McpServerToolType]
[ToolCategory("orders")]
internal sealed class OrderTools(OrderBook orders)
{
    [McpServerTool(Name = "order_status", ReadOnly = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Tells how far an order is.")]
    public Order Status([Description("The number of the order, for example 1001.")] int number) =>
        orders.Find(number) ?? throw new McpException($"There is no order {number}.");

    [McpServerTool(Name = "order_export", ReadOnly = true, OpenWorld = false)]
    [Description("Writes all orders as CSV, and reports progress on the way.")]
    public async Task<string> ExportAsync(IProgress<ProgressNotificationValue> progress, CancellationToken cancellationToken)
    {
        var lines = new List<string> { "number,status" };
        foreach (var order in orders.All)
        {
            await Task.Delay(50, cancellationToken);
            lines.Add($"{order.Number},{order.Status}");
            progress.Report(new ProgressNotificationValue { Progress = lines.Count - 1, Total = orders.All.Count });
        }

        return string.Join('\n', lines);
    }
}
