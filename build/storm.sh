#!/usr/bin/env bash
# A storm on the database driver: two processes with 32 writers each, in the same 100 sessions, while connections are ended, rows and files are
# locked and one write in ten is cancelled. After each round of 10 seconds at most all that is stored is held against all that the writers were told.
#
#   build/storm.sh                    a minute on each database
#   build/storm.sh --seconds 3600     an hour on each
#   build/storm.sh --store sqlite     on that one only: sqlite or postgres
#   build/storm.sh --seed 7           what writers and trouble do follows from it, though not when; otherwise each run has another one
#
# The exit code is 1 if an acknowledged write is lost, or any is stored twice, though it was refused, or by nobody; it says which session and what differs.
set -euo pipefail
cd "$(dirname "$0")/.."

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
stores=(sqlite postgres) seconds=60 seed=$((RANDOM + 1))
while [ $# -gt 0 ]; do
  case "$1" in
    --seconds) seconds=${2:?--seconds needs a number}; shift 2 ;;
    --store) stores=("${2:?--store needs a name}"); shift 2 ;;
    --seed) seed=${2:?--seed needs a number}; shift 2 ;;
    -h | --help) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; exit ;;
    *) echo "Unknown option: $1 (see build/storm.sh --help)" >&2; exit 2 ;;
  esac
done

source build/servers.sh
find_postgres || install_packages postgresql

dotnet build test/FuelSessions.EntityFrameworkCore.Tests -c Release -v quiet --nologo
exec dotnet test/FuelSessions.EntityFrameworkCore.Tests/bin/Release/net10.0/FuelSessions.EntityFrameworkCore.Tests.dll storm "$seconds" "$seed" "${stores[@]}"
