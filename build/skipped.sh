#!/usr/bin/env bash
# Lists the tests that a results file says were skipped, each with its reason.
set -euo pipefail
awk '
  /<UnitTestResult / && /outcome="NotExecuted"/ {
    match($0, /testName="[^"]*"/); name = substr($0, RSTART + 10, RLENGTH - 11); wanted = 1
  }
  wanted && /<Message>/ {
    reason = $0; sub(/.*<Message>/, "", reason); sub(/<\/Message>.*/, "", reason)
    print "skipped: " name ": " reason; wanted = 0
  }
' "$1"
