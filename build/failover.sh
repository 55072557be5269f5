#!/usr/bin/env bash
# Measures what a failover of Redis costs, and prints the table of docs/redis.md. About five minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
source build/servers.sh
find_redis || install_packages redis-server
exec dotnet run --project test/FuelSessions.Redis.Tests -c Release -p:StackExchangeRedisVersion="${1:-3.4.35}" --artifacts-path "$PWD/artifacts/redis-client" -- failover
