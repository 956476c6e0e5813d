using Library;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton<OrderBook>();
builder.Services.AddMcpHub().WithTools<OrderTools>();

var app = builder.Build();
app.MapMcpHub();
app.Run();
