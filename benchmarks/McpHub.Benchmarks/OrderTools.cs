using System.ComponentModel;
using ModelContextProtocol.Server;

namespace McpHub.Benchmarks;

/// <summary>A native tool as applications have them: it looks something up in memory, and answers 20 records with their schema.</summary>
[McpServerToolType]
internal sealed class OrderTools
{
    private static readonly DateTimeOffset First = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [McpServerTool(Name = "find_orders", ReadOnly = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Finds the orders of a customer.")]
    public static OrderList Find([Description("The customer.")] string customer)
    {
        var orders = new Order[20];
        for (var i = 0; i < orders.Length; i++)
        {
            orders[i] = new Order(i + 1, customer, $"article {i % 7}", (i % 4) + 1, 19.9m + i, First.AddHours(i));
        }

        return new OrderList(orders.Length, orders);
    }

    internal sealed record OrderList(int Count, IReadOnlyList<Order> Orders);

    internal sealed record Order(int Number, string Customer, string Article, int Quantity, decimal Price, DateTimeOffset Placed);
}
