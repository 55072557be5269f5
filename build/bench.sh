#!/usr/bin/env bash
# Measures FuelSessions against no session, a handler that does the same by hand, and the framework's own session, on all stores, and
# writes the figures into docs/performance.md. On Debian it installs what it needs (wrk and the stores' servers) if it may.
#
#   build/bench.sh                       the comparison: some 80 minutes
#   build/bench.sh --growth              and what a request costs as more is stored: some 25 minutes more
#   build/bench.sh --nodes               and what one, two and four processes on one store carry: some 8 minutes more
#   build/bench.sh --tokens              and calls of an API through a token session: half a minute more
#   build/bench.sh --bounds --check      only what must hold, with the newest redis client: 20 to 30 minutes, as what can't be told yet is measured again
#   build/bench.sh --watched             alone, what tracing, metrics and health checks cost a read on Redis: two minutes, written nowhere. With --check,
#                                        more than 10 % of CPU is an error; --seconds N and --rounds N as below
#   build/bench.sh --quick               whether everything works: two or three minutes, written nowhere
#   build/bench.sh --only ours,floor --stores redis --scenarios read,count
#                                        a part of the comparison, written nowhere. Of unused, read, count, new, signed-in and bound
#
# Further options: --seconds N and --rounds N of the comparison, --no-fat (no sessions with 4 KB of other data), --json FILE (every single
# measurement), --check (a bound that is missed is an error, beyond what the rounds scatter), --max N (growth: no more sessions, rows or bytes than that), --no-comparison (only what else is named).
# The comparison on redis is made twice: with the lowest version of StackExchange.Redis that the driver works with, and with the newest that it is
# tested with. REDIS_CLIENT=3.4.35 build/bench.sh … measures with that version only.
#
# Nothing else should run on the machine meanwhile. All servers listen on 127.0.0.1, keep their data in temporary folders, and end with
# this script, also if it is interrupted.
set -euo pipefail
cd "$(dirname "$0")/.."

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
page=docs/performance.md
compare=() growth=() with_growth= with_nodes= with_tokens= only_bounds= watched= without_comparison= partial= full=
while [ $# -gt 0 ]; do
  case "$1" in
    --growth) with_growth=1; shift ;;
    --watched) watched=1; shift ;;
    --nodes) with_nodes=1; shift ;;
    --tokens) with_tokens=1; shift ;;
    --no-comparison) without_comparison=1; shift ;;
    --bounds) only_bounds=1; compare+=("$1"); shift ;;
    --max) growth+=("$1" "$2"); shift 2 ;;
    --quick) compare+=("$1"); growth+=(--max 10000 --rounds 1); partial=1; shift ;;
    --no-fat) compare+=("$1"); partial=1; shift ;;
    --only | --stores | --scenarios) compare+=("$1" "$2"); partial=1; shift 2 ;;
    --seconds | --rounds | --seed | --json) compare+=("$1" "$2"); shift 2 ;;
    --check) compare+=("$1"); shift ;;
    -h | --help) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; exit ;;
    *) echo "Unknown option: $1 (see build/bench.sh --help)" >&2; exit 2 ;;
  esac
done
# What is incomplete must not replace what is complete.
if [ -z "$partial" ]; then
  full=1
  growth+=(--page "$page")
fi

source build/servers.sh
needed_packages() {
  command -v wrk >/dev/null || echo wrk
  find_postgres || echo postgresql
  find_mariadb || echo mariadb-server
  find_redis || echo redis-server
  find_memcached || echo memcached
}
mapfile -t missing < <(needed_packages)
install_packages "${missing[@]}"

build() {
  echo "== build (Release)${1:+ with StackExchange.Redis $1}"
  dotnet build test/FuelSessions.Benchmarks -c Release -v quiet --nologo ${1:+-p:StackExchangeRedisVersion=$1}
}
[ -z "$only_bounds" ] || REDIS_CLIENT=${REDIS_CLIENT:-$newest_redis_client}
build "${REDIS_CLIENT:-}"

# By its file and not by "dotnet run", so that a signal reaches the one process that stops all others.
bench=test/FuelSessions.Benchmarks/bin/Release/net10.0/FuelSessions.Benchmarks.dll
running=
trap '[ -z "$running" ] || kill -TERM "$running" 2>/dev/null || true; wait' INT TERM HUP
run() {
  dotnet "$bench" "$@" &
  running=$!
  local status=0
  wait "$running" || status=$?
  running=
  return "$status"
}

if [ -n "$watched" ]; then
  run watched "${compare[@]}"
  exit
fi

# A bound that is missed ends nothing: what else is named is measured all the same, and the script fails at its end.
status=0
if [ -z "$without_comparison" ]; then
  echo "== comparison"
  run compare "${compare[@]}" ${full:+--page "$page"} ${only_bounds:+--section bounds} || status=$?
fi
if [ "$status" -le 1 ] && [ -n "$full" ] && [ -z "${REDIS_CLIENT:-}$without_comparison" ]; then
  build "$newest_redis_client"
  echo "== comparison on redis"
  run compare "${compare[@]}" --stores redis --page "$page" --section "comparison with the newest redis client" || status=$?
  build ""
fi
if [ "$status" -le 1 ] && [ -n "$with_growth" ]; then
  echo "== growth"
  run growth "${growth[@]}" || status=$?
fi
if [ "$status" -le 1 ] && [ -n "$with_tokens" ]; then
  echo "== tokens"
  run tokens ${full:+--page "$page"} || status=$?
fi
if [ "$status" -le 1 ] && [ -n "$with_nodes" ]; then
  echo "== nodes"
  run nodes ${full:+--page docs/scale.md} || status=$?
fi
exit "$status"
