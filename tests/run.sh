#!/usr/bin/env bash
# Runs every test of the repository and ends with the line "N passed, N failed". Exit code 0 only if nothing failed.
#
#   tests/run.sh [--unit] [--functional] [--conformance] [--no-format]
#
# Without an option that names a part it runs all of them. What failed to build, to run or to report counts as one failure.
# Needs the .NET SDK 10, and Node with npm but for --unit. Logs and results are left in artifacts/tests/.
set -u

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd) || exit 2
artifacts=$root/artifacts/tests
passed=0
failed=0
child=

# No build process may outlive the run: it would hold our output open, and whoever waits for its end would wait for minutes.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
export HOME=${HOME:-$artifacts/home}

main() {
  local unit=0 functional=0 conformance=0 format=1
  while [ $# -gt 0 ]; do
    case $1 in
      --unit) unit=1 ;;
      --functional) functional=1 ;;
      --conformance) conformance=1 ;;
      --no-format) format=0 ;;
      -h | --help) sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
      *) echo "Unknown option '$1'. Options: --unit, --functional, --conformance, --no-format." >&2; exit 2 ;;
    esac
    shift
  done
  if [ $((unit + functional + conformance)) = 0 ]; then
    unit=1 functional=1 conformance=1
  fi

  check_prerequisites $((functional + conformance))
  cd "$root" || exit 2
  rm -rf "$artifacts"
  mkdir -p "$artifacts" "$HOME"

  if build; then
    [ $format = 0 ] || step format 600 dotnet format McpHub.sln --verify-no-changes --no-restore
    [ $unit = 0 ] || dotnet_tests unit McpHub.Tests 600
    [ $functional = 0 ] || dotnet_tests functional McpHub.FunctionalTests 900
    [ $conformance = 0 ] || conformance_tests
  fi

  echo
  echo "$passed passed, $failed failed"
  [ $failed = 0 ]
}

check_prerequisites() {
  local missing=0
  if ! command -v dotnet > /dev/null; then
    echo "The .NET SDK 10 is needed, and there is no 'dotnet' on the PATH: https://dotnet.microsoft.com/download" >&2
    missing=1
  elif ! dotnet --list-sdks | grep -q '^10\.'; then
    echo "The .NET SDK 10 is needed; 'dotnet --list-sdks' lists: $(dotnet --list-sdks | cut -d ' ' -f 1 | xargs)" >&2
    missing=1
  fi
  if [ "$1" != 0 ]; then
    for program in node npm; do
      if ! command -v $program > /dev/null; then
        echo "Node.js with npm is needed, and there is no '$program' on the PATH. Without it: tests/run.sh --unit" >&2
        missing=1
      fi
    done
  fi
  [ $missing = 0 ] || finish_early
}

finish_early() {
  echo
  echo "0 passed, 1 failed"
  exit 1
}

# The package source may answer slowly or not at all for a moment, so restoring gets a second try, apart from the build.
build() {
  run restore 600 dotnet restore McpHub.sln || step restore 600 dotnet restore McpHub.sln || return 1
  step build 900 dotnet build McpHub.sln -c Release --no-restore
}

conformance_tests() {
  conformance_run http all
  conformance_run stdio gateway --upstream stdio
}

# dotnet_tests NAME PROJECT SECONDS: what the tests need from npm, they install themselves.
dotnet_tests() {
  local results=$artifacts/$1.trx code=0 good bad
  run "$1" "$3" dotnet test "tests/$2" -c Release --no-build --results-directory "$artifacts" --logger "trx;LogFileName=$1.trx" || code=$?
  good=$(trx_count passed "$results")
  bad=$(($(trx_count failed "$results") + $(trx_count error "$results") + $(trx_count timeout "$results") + $(trx_count aborted "$results")))
  count "$1" $code "$good" $bad
}

# trx_count COUNTER FILE: one attribute of <Counters total="…" passed="…" … />, 0 without a file.
trx_count() {
  local value=
  [ ! -f "$2" ] || value=$(grep -o '<Counters [^>]*>' "$2" | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9][0-9]*')
  echo "${value:-0}"
}

# conformance_run NAME ARGUMENT…
conformance_run() {
  local name=conformance-$1 code=0 summary
  shift
  run "$name" 600 sh tests/conformance/run.sh "$@" --no-build || code=$?
  summary=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$artifacts/$name.log" | tail -n 1)
  summary=${summary:-0 passed, 0 failed}
  count "$name" $code "${summary%% *}" "$(echo "$summary" | cut -d ' ' -f 3)"
}

# count NAME EXIT-CODE PASSED FAILED: adds real results. A run that says it is fine and has none is not fine.
count() {
  local bad=$4
  if [ "$bad" = 0 ] && { [ "$2" != 0 ] || [ "$3" = 0 ]; }; then
    echo "  $1 ended with code $2 and reported $3 passed, $4 failed: counted as a failure"
    bad=1
  fi
  passed=$((passed + $3))
  failed=$((failed + bad))
  echo "  $1: $3 passed, $bad failed"
  [ "$bad" = 0 ] || show_log "$1"
}

# step NAME SECONDS COMMAND…: a step that only counts when it fails.
step() {
  local code=0
  run "$@" || code=$?
  if [ $code != 0 ]; then
    failed=$((failed + 1))
    echo "  $1 failed (code $code)"
    show_log "$1"
  fi
  return $code
}

# run NAME SECONDS COMMAND…: runs a command within a time, its output in a log.
run() {
  local name=$1 seconds=$2 code=0 started=$SECONDS
  shift 2
  echo "$name: $*"
  if command -v timeout > /dev/null; then
    set -- timeout --kill-after=30 "$seconds" "$@"
  fi
  "$@" < /dev/null > "$artifacts/$name.log" 2>&1 &
  child=$!
  wait $child || code=$?
  child=
  [ $code != 124 ] || echo "  $name took longer than $seconds s and was ended"
  echo "  $((SECONDS - started)) s, log: ${artifacts#"$root"/}/$name.log"
  return $code
}

show_log() {
  echo "  the end of its log:"
  tail -n 100 "$artifacts/$1.log" | sed 's/^/  | /'
}

interrupt() {
  if [ -n "$child" ]; then
    kill "$child" 2> /dev/null
    wait "$child" 2> /dev/null
  fi
  exit 130
}

trap interrupt INT TERM HUP
main "$@"
