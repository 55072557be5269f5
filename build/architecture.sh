#!/usr/bin/env bash
# Draws the picture in docs/architecture.md, from the project references and from what each folder of the core mentions.
set -euo pipefail
cd "$(dirname "$0")/.."
DRAW_ARCHITECTURE=1 dotnet test test/FuelSessions.Tests -c Release --nologo -v quiet --filter "FullyQualifiedName~ArchitectureTests"
