# The demo in a container: docker build -t fuelsessions-demo . && docker run -p 8080:8080 -v fuelsessions:/data fuelsessions-demo

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source

# What a restore needs comes first: its layer is kept for as long as no reference changes.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY src/Directory.Build.props src/Directory.Build.targets src/
COPY src/FuelSessions/FuelSessions.csproj src/FuelSessions/
COPY src/FuelSessions.Dashboard/FuelSessions.Dashboard.csproj src/FuelSessions.Dashboard/
COPY src/FuelSessions.EntityFrameworkCore/FuelSessions.EntityFrameworkCore.csproj src/FuelSessions.EntityFrameworkCore/
COPY src/FuelSessions.Tokens/FuelSessions.Tokens.csproj src/FuelSessions.Tokens/
COPY src/FuelSessions.Demo/FuelSessions.Demo.csproj src/FuelSessions.Demo/
RUN dotnet restore src/FuelSessions.Demo

COPY .editorconfig README.md ./
COPY build/BannedSymbols.txt build/
COPY src/ src/
RUN dotnet publish src/FuelSessions.Demo --configuration Release --no-restore --output /app -p:UseAppHost=false

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .

# The database, the file driver's sessions and the Data Protection keys. A volume keeps them when the container is made anew.
RUN mkdir /data && chown "$APP_UID" /data
ENV DataFolder=/data
VOLUME /data

USER $APP_UID
EXPOSE 8080
ENTRYPOINT ["dotnet", "FuelSessions.Demo.dll"]
