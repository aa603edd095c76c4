#!/usr/bin/env bash
# Everything a change has to pass. ./build.sh does all of it; ./build.sh test pack does only these, in the order given.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

restore() {
  dotnet restore Relay.Config.sln
}

build() {
  dotnet build Relay.Config.sln --no-restore -warnaserror
}

# After the build, because it looks at code that uses generated code.
format() {
  dotnet format Relay.Config.sln --no-restore --verify-no-changes
}

# The command of the README, so that what passes here passes for everybody.
tests() {
  dotnet test Relay.Config.sln
}

pack() {
  dotnet pack Relay.Config.sln --no-restore -warnaserror --output artifacts/packages
}

main() {
  local step
  for step in "$@"; do
    case "$step" in
      restore | build | format | pack) ;;
      test) step=tests ;;
      *)
        echo "build.sh: there is no step '$step'; there are: restore build format test pack" >&2
        exit 2
        ;;
    esac
    echo "== ${step}"
    "$step"
  done
}

if (($# == 0)); then
  set -- restore build format test pack
fi
main "$@"
