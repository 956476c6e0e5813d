namespace Library;

/// <summary>Stands for whatever the application has: a database, another service.</summary>
internal sealed class OrderBook
{
    public IReadOnlyList<Order> All { get; } = [new(1001, "packed"), new(1002, "on its way"), new(1003, "delivered")];

    public Order? Find(int number) => All.FirstOrDefault(o => o.Number == number);
}
