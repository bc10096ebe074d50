#!/usr/bin/env bash
# Unpacks the arm64 package and starts its program under user emulation: it loads its libraries,
# says its version, reads the example home, understands a sentence. The whole daemon is not tried
# here: sled hangs at open under qemu-user 7.2, for a signal that the emulator does not deliver.
#   tests/images/arm64.sh PACKAGE.deb
set -euo pipefail
deb=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
say() { printf 'arm64: %s\n' "$*"; }

[[ $(dpkg-deb -f "$deb" Architecture) == arm64 ]] || { say "FAILED: not for arm64"; exit 1; }
dpkg-deb -x "$deb" "$root"
omzien() {
  # Debian's cross libc, and the foreign packages' libraries.
  timeout 300 qemu-aarch64-static -L /usr/aarch64-linux-gnu \
    -E LD_LIBRARY_PATH=/usr/lib/aarch64-linux-gnu:/usr/aarch64-linux-gnu/lib \
    "$root/usr/bin/omzien" "$@"
}
omzien --version
omzien models list >/dev/null
omzien check --home images/example/home.toml >/dev/null
omzien say --lang nl "hoe laat is het" >/dev/null
say "ok: $(basename "$deb")"
