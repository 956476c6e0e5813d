using McpHub.Configuration;

var builder = WebApplication.CreateSlimBuilder(args);
var path = args.SkipWhile(a => a != "--config").Skip(1).FirstOrDefault();
var read = path is null ? null : ConfigurationReader.Read(path);
foreach (var issue in read?.Issues ?? []) Console.Error.WriteLine(issue);
var config = read?.Config ?? HubConfig.Default;
builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
builder.WebHost.ConfigureKestrel(k => k.AddServerHeader = false).UseUrls(config.Gateway.Http.Url);
builder.Services.AddMcpHub(config);
var app = builder.Build();
app.MapMcpHub();
app.MapGet("/health/ready", () => "ok");
app.Run();
