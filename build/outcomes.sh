#!/usr/bin/env bash
# Lists the tests that results files say were skipped, each with its reason, and those that failed, each with how its message begins.
set -euo pipefail
awk '
  /<UnitTestResult / {
    what = /outcome="NotExecuted"/ ? "skipped" : /outcome="Failed"/ ? "failed" : ""
    match($0, /testName="[^"]*"/); name = substr($0, RSTART + 10, RLENGTH - 11)
  }
  what && /<Message>/ { sub(/.*<Message>/, ""); printf "%s: %s: ", what, name; lines = 6 }
  lines > 0 { end = sub(/<\/Message>.*/, ""); print; lines = end ? 0 : lines - 1; what = "" }
' "$@"
