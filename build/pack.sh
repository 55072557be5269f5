#!/usr/bin/env bash
# Packs everything that is shipped, with symbols, into a folder that is emptied of earlier packages first.
#
#   build/pack.sh                 into artifacts/packages
#   build/pack.sh FOLDER          into that folder
#   build/pack.sh FOLDER -p:…     and passes what follows on to dotnet pack
#
# The version is the one in Directory.Build.props; the release notes are its section of CHANGELOG.md, or [Unreleased].
# The repository's address in the packages, and SourceLink's, come from the git remote "origin", if there is one.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=${1:-artifacts/packages}
[ "$#" -eq 0 ] || shift

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
mkdir -p "$folder"
rm -f "$folder"/FuelSessions*.nupkg "$folder"/FuelSessions*.snupkg
dotnet pack FuelSessions.sln --configuration Release --output "$folder" --nologo -v quiet "$@"
ls -1 "$folder"
