using System.Globalization;

namespace McpHub.Testing;

/// <summary>An event stream read line by line, so that a test sees what clients' parsers hide.</summary>
internal sealed class ClientEventStream : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private ClientEventStream(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _reader = new StreamReader(body);
    }

    public int Status => (int)_response.StatusCode;

    public string? ContentType => _response.Content.Headers.ContentType?.MediaType;

    public static async Task<ClientEventStream> ReadAsync(HttpResponseMessage response) =>
        new(response, await response.Content.ReadAsStreamAsync());

    /// <summary>The next event or comment; <see langword="null"/> when the stream has ended.</summary>
    public async Task<ClientEvent?> NextAsync()
    {
        var next = new ClientEvent(null, null, null, null, null);
        var isEmpty = true;
        while (await _reader.ReadLineAsync().WithinLimitAsync("the next line of the stream") is { } line)
        {
            if (line.Length == 0)
            {
                if (!isEmpty)
                {
                    return next;
                }

                continue;
            }

            isEmpty = false;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var value = line[(colon + 1)..].TrimStart(' ');
            next = line[..colon] switch
            {
                "id" => next with { Id = value },
                "event" => next with { Type = value },
                "data" => next with { Data = next.Data is null ? value : next.Data + "\n" + value },
                "retry" => next with { Retry = int.Parse(value, CultureInfo.InvariantCulture) },
                "" => next with { Comment = value },
                _ => throw new InvalidOperationException($"Not a line of an event stream: {line}"),
            };
        }

        return isEmpty ? null : throw new InvalidOperationException($"The stream ended in the middle of an event: {next}");
    }

    /// <summary>All that is still to come.</summary>
    public async Task<IReadOnlyList<ClientEvent>> RestAsync()
    {
        var events = new List<ClientEvent>();
        while (await NextAsync() is { } next)
        {
            events.Add(next);
        }

        return events;
    }

    /// <summary>Breaks the connection.</summary>
    public void Dispose() => _response.Dispose();
}
