#!/usr/bin/env bash
# The package installer asks for what is missing and for nothing else, on a machine whose dpkg has
# never heard of some packages: then it says nothing of them and fails, and the set-up goes on.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
stand_in() { printf '#!/usr/bin/env bash\n%s\n' "$2" >"$scratch/$1" && chmod +x "$scratch/$1"; }
stand_in dpkg 'echo amd64'
stand_in dpkg-query 'printf "ii  cmake\nii  g++\nun  clang\n"; exit 1'
# shellcheck disable=SC2016
stand_in apt-get 'printf "%s\n" "$@" >>"$(dirname "$0")/asked"'
stand_in sudo 'exec "$@"'

PATH="$scratch:$PATH" bash images/setup/packages build 2>"$scratch/said" || {
  printf 'it ended before it asked for anything: %s\n' "$(<"$scratch/said")" >&2
  exit 1
}
for missing in clang make libasound2-dev; do
  grep -qx "$missing" "$scratch/asked" || { printf '%s was not asked for\n' "$missing" >&2; exit 1; }
done
for installed in cmake g++; do
  ! grep -qx "$installed" "$scratch/asked" || { printf '%s was asked for\n' "$installed" >&2; exit 1; }
done
