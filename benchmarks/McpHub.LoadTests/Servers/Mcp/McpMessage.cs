using System.Text.Json;

namespace McpHub.LoadTests.Servers.Mcp;

/// <summary>What the small server needs to know of one message: slices of its bytes, found in one pass.</summary>
internal ref struct McpMessage
{
    private bool _hasMethod;
    private bool _hasId;
    private bool _hasAnswer;

    public McpMessageShape Shape { get; private set; }

    /// <summary>The id as it stands in the message, with its quotes if it is a string.</summary>
    public ReadOnlySpan<byte> Id { get; private set; }

    public McpMethod Method { get; private set; }

    public ReadOnlySpan<byte> MethodName { get; private set; }

    /// <summary><c>params.name</c>, without quotes and escapes.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary><c>params.arguments.message</c> as it stands in the message, with its quotes and escapes.</summary>
    public ReadOnlySpan<byte> Text { get; private set; }

    /// <summary><c>params.protocolVersion</c> of <c>initialize</c>.</summary>
    public ReadOnlySpan<byte> RequestedVersion { get; private set; }

    /// <summary>The protocol version in <c>params._meta</c>.</summary>
    public ReadOnlySpan<byte> MetaVersion { get; private set; }

    public bool HasClientCapabilities { get; private set; }

    public bool HasCursor { get; private set; }

    public static McpMessage Parse(ReadOnlySpan<byte> json)
    {
        var message = default(McpMessage);
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            message.Shape = reader.TokenType == JsonTokenType.StartObject && message.ReadEnvelope(ref reader, json)
                ? message.ShapeOfEnvelope()
                : McpMessageShape.Invalid;
            if (message.Shape == McpMessageShape.Invalid)
                reader.Skip();
            reader.Read();
        }
        catch (JsonException)
        {
            return default;
        }

        return message;
    }

    private readonly McpMessageShape ShapeOfEnvelope() => (_hasMethod, _hasId, _hasAnswer) switch
    {
        (true, true, _) => McpMessageShape.Request,
        (true, false, _) => McpMessageShape.Notification,
        (false, _, true) => McpMessageShape.Response,
        _ => McpMessageShape.Invalid,
    };

    private bool ReadEnvelope(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var valid = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                _hasId = true;
                if (reader.TokenType is JsonTokenType.Number or JsonTokenType.String)
                    Id = RawValue(ref reader, json);
                else
                    valid = false;
            }
            else if (reader.ValueTextEquals("method"u8))
            {
                reader.Read();
                _hasMethod = true;
                valid &= reader.TokenType == JsonTokenType.String;
                if (valid)
                {
                    MethodName = StringValue(ref reader);
                    Method = MethodOf(ref reader);
                }
            }
            else if (reader.ValueTextEquals("params"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                    ReadParams(ref reader, json);
                else
                    valid = false;
            }
            else
            {
                _hasAnswer |= reader.ValueTextEquals("result"u8) || reader.ValueTextEquals("error"u8);
                reader.Read();
            }

            reader.Skip();
        }

        return valid;
    }

    private void ReadParams(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                    Name = StringValue(ref reader);
            }
            else if (reader.ValueTextEquals("arguments"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                    ReadArguments(ref reader, json);
            }
            else if (reader.ValueTextEquals("_meta"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                    ReadMeta(ref reader);
            }
            else if (reader.ValueTextEquals("protocolVersion"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                    RequestedVersion = StringValue(ref reader);
            }
            else
            {
                HasCursor |= reader.ValueTextEquals("cursor"u8);
                reader.Read();
            }

            reader.Skip();
        }
    }

    private void ReadArguments(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMessage = reader.ValueTextEquals("message"u8);
            reader.Read();
            if (isMessage && reader.TokenType == JsonTokenType.String)
                Text = RawValue(ref reader, json);
            reader.Skip();
        }
    }

    private void ReadMeta(scoped ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isVersion = reader.ValueTextEquals("io.modelcontextprotocol/protocolVersion"u8);
            var isCapabilities = !isVersion && reader.ValueTextEquals("io.modelcontextprotocol/clientCapabilities"u8);
            reader.Read();
            if (isVersion && reader.TokenType == JsonTokenType.String)
                MetaVersion = StringValue(ref reader);
            HasClientCapabilities |= isCapabilities && reader.TokenType == JsonTokenType.StartObject;
            reader.Skip();
        }
    }

    private static McpMethod MethodOf(scoped ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("tools/call"u8))
            return McpMethod.CallTool;
        if (reader.ValueTextEquals("tools/list"u8))
            return McpMethod.ListTools;
        if (reader.ValueTextEquals("initialize"u8))
            return McpMethod.Initialize;
        if (reader.ValueTextEquals("server/discover"u8))
            return McpMethod.Discover;
        return reader.ValueTextEquals("ping"u8) ? McpMethod.Ping : McpMethod.Unknown;
    }

    private static ReadOnlySpan<byte> RawValue(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json) =>
        json[(int)reader.TokenStartIndex..(int)reader.BytesConsumed];

    private static ReadOnlySpan<byte> StringValue(scoped ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
            return reader.ValueSpan;
        var unescaped = new byte[reader.ValueSpan.Length];
        return unescaped.AsSpan(0, reader.CopyString(unescaped));
    }
}
