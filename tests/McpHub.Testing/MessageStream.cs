using System.Text.Json;

namespace McpHub.Testing;

/// <summary>Reads the messages of an event stream one by one, as they come.</summary>
internal sealed class MessageStream : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private MessageStream(HttpResponseMessage response, StreamReader reader)
    {
        _response = response;
        _reader = reader;
    }

    /// <summary>How many comments have come.</summary>
    public int Comments { get; private set; }

    public HttpResponseMessage Response => _response;

    public static async Task<MessageStream> OpenAsync(HttpResponseMessage response)
    {
        if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
        {
            throw new InvalidOperationException($"It is no stream: {await HttpAnswer.ReadAsync(response)}");
        }

        return new MessageStream(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
    }

    /// <summary>Sends a listen request and opens its stream.</summary>
    /// <param name="client">A modern client.</param>
    /// <param name="filter">The notifications that it asks for.</param>
    /// <param name="id">The id as JSON.</param>
    public static async Task<MessageStream> ListenAsync(McpClient client, string filter, string id = "\"listen\"")
    {
        using var request = client.Request("subscriptions/listen", "{\"notifications\":" + filter + "}", id: id);
        return await OpenAsync(await client.OpenAsync(request, CancellationToken.None).WithinLimitAsync("the stream"));
    }

    /// <summary>The next message; <see langword="null"/> when the stream has ended.</summary>
    public async Task<JsonElement?> TryReadAsync()
    {
        while (await _reader.ReadLineAsync().WithinLimitAsync("a message of the stream") is { } line)
        {
            Comments += line.StartsWith(':') ? 1 : 0;
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return JsonElement.Parse(line[6..]);
            }
        }

        return null;
    }

    public async Task<JsonElement> ReadAsync() => await TryReadAsync() ?? throw new EndOfStreamException("The gateway has ended the stream.");

    /// <summary>Reads comments until there are so many.</summary>
    public async Task UntilCommentsAsync(int count)
    {
        while (Comments < count)
        {
            var line = await _reader.ReadLineAsync().WithinLimitAsync("a comment") ?? throw new EndOfStreamException("The gateway has ended the stream.");
            Comments += line.StartsWith(':') ? 1 : 0;
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }
}
