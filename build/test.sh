#!/usr/bin/env bash
# Builds everything and runs all tests. On Debian it installs the servers that the tests start (PostgreSQL, Redis, memcached,
# Chromium; Garnet, a .NET tool) if it may; otherwise it says what is missing, and the tests that need it are skipped (with CI=true: they fail).
# Ends with a line: N passed, N failed, N skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

configuration=${CONFIGURATION:-Release}
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

source build/servers.sh
install_missing_servers

echo "== build ($configuration)"
dotnet build FuelSessions.sln -c "$configuration" -v quiet --nologo

failed_runs=0
for project in test/*.Tests test/FuelSessions.IntegrationTests; do
  name=$(basename "$project")
  [ -f "$project/$name.csproj" ] || continue
  echo "== $name"
  # One project at a time: the tests start servers and bursts of requests of their own.
  dotnet test "$project" -c "$configuration" --no-build --nologo \
    --logger "trx;LogFileName=$name.trx" --results-directory "$results" || failed_runs=$((failed_runs + 1))
done

# What talks to Redis once more, with the newest client that it is tested with: built elsewhere, so that nothing above is built anew.
newest_redis_client=3.4.35
for name in FuelSessions.Redis.Tests FuelSessions.Tokens.Tests; do
  echo "== $name with StackExchange.Redis $newest_redis_client"
  dotnet test "test/$name" -c "$configuration" --nologo -v quiet --artifacts-path "$PWD/artifacts/redis-client" \
    -p:StackExchangeRedisVersion="$newest_redis_client" --filter 'FullyQualifiedName~Redis|FullyQualifiedName~Garnet' \
    --logger "trx;LogFileName=$name.newest.trx" --results-directory "$results" || failed_runs=$((failed_runs + 1))
done

passed=0 failed=0 skipped=0
for file in "$results"/*.trx; do
  counters=$(grep -o '<Counters [^>]*>' "$file" | tail -n 1)
  count() { sed -E "s/.* $1=\"([0-9]+)\".*/\1/" <<<"$counters"; }
  total=$(count total)
  passed=$((passed + $(count passed)))
  failed=$((failed + $(count failed)))
  skipped=$((skipped + total - $(count executed)))
  # What was skipped, and why.
  grep -o 'outcome="NotExecuted"' "$file" >/dev/null && build/skipped.sh "$file"
done

# How much of the protocol's state space the proof has walked through.
grep -oh 'interleavings covered: [^<]*' "$results"/*.trx | sort -u || true

# A run that broke off before it could count anything is a failure too.
if [ "$failed_runs" -gt 0 ] && [ "$failed" -eq 0 ]; then
  failed=$failed_runs
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
