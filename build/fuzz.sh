#!/usr/bin/env bash
# Fuzzes what reads other people's bytes: stored records and tokens, cookies, protected ids and tokens, answers of memcached and of OAuth
# providers, paths and settings. Goes on from the inputs that are kept in test/FuelSessions.Fuzz/Corpus, and keeps those that led somewhere new.
#
#   build/fuzz.sh --minutes 10                  all targets, ten minutes in all
#   build/fuzz.sh --inputs 1000000              as many fresh inputs each
#   build/fuzz.sh --target records,cookies …    these only
#   build/fuzz.sh --seed 7 --steady …           inputs that follow from the seed and the kept inputs alone, as in build/test.sh; otherwise the branches
#                                               that an input went through decide which ones are changed further. Without --seed each run has another
#   build/fuzz.sh --frozen …                    leaves the kept inputs as they are
#   build/fuzz.sh --replay FILE                 runs one input that failed
#
# What breaks a promise is written to artifacts/fuzz, as small as it could be made, with the command that runs it again; the exit code is 1 then.
set -euo pipefail
cd "$(dirname "$0")/.."

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
arguments=() keep=--keep seed=
while [ $# -gt 0 ]; do
  case "$1" in
    --minutes | --inputs | --target) arguments+=("$1" "${2:?$1 needs a value}"); shift 2 ;;
    --replay) arguments+=("$1" "$(realpath "${2:?$1 needs a file}")"); keep=; shift 2 ;;
    --seed) seed=${2:?--seed needs a number}; shift 2 ;;
    --steady) arguments+=("$1"); keep=; shift ;;
    --frozen) keep=; shift ;;
    -h | --help) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; exit ;;
    *) echo "Unknown option: $1 (see build/fuzz.sh --help)" >&2; exit 2 ;;
  esac
done

dotnet build test/FuelSessions.Fuzz -c Release -v quiet --nologo
exec dotnet test/FuelSessions.Fuzz/bin/Release/net10.0/FuelSessions.Fuzz.dll "${arguments[@]}" $keep --seed "${seed:-$((RANDOM * 32768 + RANDOM + 1))}" \
  --corpus test/FuelSessions.Fuzz/Corpus --failures artifacts/fuzz
