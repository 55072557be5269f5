#!/usr/bin/env bash
# Builds everything and runs all tests. On Debian it installs the servers that the tests start (PostgreSQL, MariaDB, Redis, memcached,
# Chromium; Garnet, a .NET tool) if it may; otherwise it says what is missing, and the tests that need it are skipped (with CI=true: they fail).
# Ends, once it is built, with a line: N passed, N failed, N skipped. Leaves no process and no temporary file behind; a test that would is told as a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

configuration=${CONFIGURATION:-Release}
results=$(mktemp -d)
scratch=$(mktemp -d)
# Who knows a name in it may use it: some tests run as another account.
chmod 711 "$scratch"
trap 'rm -rf "$results" "$scratch"' EXIT

# Whatever is started from here on can be told by it, and keeps its temporary files where they can be counted.
export FUELSESSIONS_TEST_RUN=$$-$RANDOM TMPDIR=$scratch
# The compiler's server is this run's own, so that it can be ended with it; build nodes end with their build.
export SharedCompilationId=fuelsessions-$FUELSESSIONS_TEST_RUN MSBUILDDISABLENODEREUSE=1

# The processes of this run, but for this shell and what it asks with.
started_processes() {
  local at pid
  for at in /proc/[0-9]*; do
    pid=${at#/proc/}
    [ "$pid" != $$ ] && [ "$pid" != "$BASHPID" ] || continue
    grep -qzx "FUELSESSIONS_TEST_RUN=$FUELSESSIONS_TEST_RUN" "$at/environ" 2>/dev/null || continue
    echo "$pid $(tr '\0' ' ' <"$at/cmdline" 2>/dev/null | cut -c 1-150)"
  done
}

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

# Instrumented code pays off for who lives long. Here are many processes that do not: it is a third of what they cost.
export DOTNET_TieredPGO=0

source build/servers.sh
install_missing_servers

echo "== build ($configuration)"
dotnet build FuelSessions.sln -c "$configuration" -v quiet --nologo

# One project's tests. What they say comes in one piece, as other ones run beside them.
run_tests() {
  local name=$1 client=${2:-} said
  said=$(mktemp)
  local arguments=(--no-build)
  if [ -n "$client" ]; then
    # What talks to Redis, with another client: built elsewhere, so that nothing is built anew. The analyzers have seen this code already.
    arguments=(-v quiet --artifacts-path "$PWD/artifacts/redis-client" -p:RunAnalyzers=false -p:StackExchangeRedisVersion="$client"
      --filter 'FullyQualifiedName~Redis|FullyQualifiedName~Garnet')
  fi

  dotnet test "test/$name" -c "$configuration" --nologo "${arguments[@]}" \
    --logger "trx;LogFileName=$name.${client:-built}.trx" --results-directory "$results" >"$said" 2>&1 || echo "$name $client" >>"$results/failed"
  flock "$results" cat - "$said" <<<"== $name${client:+ with StackExchange.Redis $client}"
}

# Two at a time, for two cores: all start servers and processes and wait for them. The longest first, and what is built first among them.
runs=(FuelSessions.IntegrationTests FuelSessions.Demo.Tests "FuelSessions.Redis.Tests $newest_redis_client" "FuelSessions.Tokens.Tests $newest_redis_client"
  FuelSessions.Packages.Tests FuelSessions.Tokens.Tests FuelSessions.Fuzz.Tests)
for project in test/*.Tests; do
  name=$(basename "$project")
  printf '%s\n' "${runs[@]}" | grep -qxF "$name" || [ ! -f "$project/$name.csproj" ] || runs+=("$name")
done
: >"$results/failed"
export configuration results
export -f run_tests
printf '%s\0' "${runs[@]}" | xargs -0 -P 2 -I '{}' bash -c 'run_tests {}' || echo runs >>"$results/failed"

# The compiler's server waits for more work; it is ours alone.
started_processes | awk '/VBCSCompiler/ { print $1 }' | xargs -r kill 2>/dev/null || true
for _ in 1 2 3 4 5; do
  left=$(started_processes)
  [ -n "$left" ] || break
  sleep 1
done
left_folders=$(find "$scratch" -mindepth 1 -maxdepth 1 -type d -name 'fuelsessions*')
passed=0 failed=0 skipped=0
if [ -n "$left$left_folders" ]; then
  printf 'left behind: %s\n' "$left" "$left_folders"
  failed=1
fi

for file in "$results"/*.trx; do
  counters=$(grep -o '<Counters [^>]*>' "$file" 2>/dev/null | tail -n 1) || continue
  count() { sed -E "s/.* $1=\"([0-9]+)\".*/\1/" <<<"$counters"; }
  total=$(count total)
  passed=$((passed + $(count passed)))
  failed=$((failed + $(count failed)))
  skipped=$((skipped + total - $(count executed)))
done

# How much of the protocol's state space the proof has walked through.
grep -oh 'interleavings covered: [^<]*' "$results"/*.trx | sort -u || true

# A run that failed without a failed test, as its process has crashed, is a failure too: nobody knows what else it would have found.
while read -r name client; do
  if ! grep -q '<Counters [^>]* failed="[1-9]' "$results/$name.${client:-built}.trx" 2>/dev/null; then
    echo "broke off: $name${client:+ with StackExchange.Redis $client}"
    failed=$((failed + 1))
  fi
done <"$results/failed"

# At the end, as that is what is read.
build/outcomes.sh "$results"/*.trx || true

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
