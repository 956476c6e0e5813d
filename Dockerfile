# docker build -t mcphub .
# docker run -p 8080:8080 -v "$PWD/mcphub.json:/config/mcphub.json:ro" mcphub
#
# In a container the gateway has to listen on all addresses, which the configuration has to allow: see
# docs/samples/container.json, and gateway.http in docs/configuration.md.

FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH
WORKDIR /source

# Packages change less often than code, so they have a layer of their own.
COPY global.json .editorconfig Directory.Build.props Directory.Packages.props ./
COPY src/McpHub.Abstractions/McpHub.Abstractions.csproj src/McpHub.Abstractions/
COPY src/McpHub/McpHub.csproj src/McpHub/
COPY src/McpHub.Server/McpHub.Server.csproj src/McpHub.Server/
RUN dotnet restore src/McpHub.Server -a $TARGETARCH -p:PublishReadyToRun=true

COPY src/ src/
RUN dotnet publish src/McpHub.Server -a $TARGETARCH -c Release --no-restore --no-self-contained -p:PublishReadyToRun=true -o /app

# Not the chiseled image, smaller as it is. Servers over stdio are programs (node, uvx, …) that users add with a Dockerfile of their
# own on top of this one, for which they need a shell and apt; and the guard that ends those programs with the gateway is /bin/sh.
FROM mcr.microsoft.com/dotnet/aspnet:10.0
COPY --from=build /app /app

# The packs of native tools keep their data with the system's SQLite.
RUN apt-get update && apt-get install -y --no-install-recommends libsqlite3-0 && rm -rf /var/lib/apt/lists/*

# The configuration says where to listen; the image's own variable would only add a warning.
ENV ASPNETCORE_HTTP_PORTS=
EXPOSE 8080

# No HEALTHCHECK: whatever runs the container polls /health/live and /health/ready, and the image has no HTTP client.
WORKDIR /config
USER $APP_UID
ENTRYPOINT ["/app/McpHub.Server"]
CMD ["serve"]
