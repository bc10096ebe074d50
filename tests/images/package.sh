#!/usr/bin/env bash
# Installs, starts, upgrades, removes and purges the Debian package in a scratch system made for
# it. There is no systemd in there: the unit's own command is started as the unit's own user, and
# must report itself ready as it would to systemd; whether it is enabled is not judged.
#   tests/images/package.sh PACKAGE.deb          needs root and a Debian archive
set -euo pipefail
deb=$(realpath "$1")
if ((EUID != 0)); then exec sudo -- "$0" "$deb"; fi

root=$(mktemp -d --tmpdir=/var/tmp)
# The service's user must be able to pass it.
chmod 755 "$root"
trap 'rm -rf --one-file-system "$root" "$root.log"' EXIT
say() { printf 'package: %s\n' "$*"; }
die() { say "FAILED: $*" >&2; exit 1; }
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C "$@"; }
apt() { inside DEBIAN_FRONTEND=noninteractive apt-get -qq -y "$@" >"$root/apt.log" 2>&1 ||
  { tail -n 20 "$root/apt.log" >&2; die "apt-get $*"; }; }

say "making the scratch system"
codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
# The archive that this machine installs from.
# shellcheck disable=SC2016 # apt's variables, not the shell's
mirror=$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
  awk -v codename="$codename" '$1 == codename { mirror = $2 } END { print mirror }')
debootstrap --variant=minbase --include=ca-certificates "$codename" "$root" "$mirror" \
  >"$root.log" 2>&1 || { tail -n 5 "$root.log" >&2; die "debootstrap"; }

# Starts the unit's command as its user, waits for READY=1, and stops it by SIGTERM.
live() {
  python3 - "$root" <<'PYTHON'
import os, re, signal, socket, subprocess, sys
root = sys.argv[1]
unit = open(f"{root}/lib/systemd/system/omzien.service").read()
command = re.search(r"^ExecStart=(.*)$", unit, re.M)[1].split()
user = re.search(r"^User=(.*)$", unit, re.M)[1]
notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
path = f"{root}/run/notify"
if os.path.exists(path):
    os.unlink(path)
notices.bind(path)
os.chmod(path, 0o777)
notices.settimeout(60)
environment = {"NOTIFY_SOCKET": "/run/notify", "STATE_DIRECTORY": "/var/lib/omzien",
               "XDG_CACHE_HOME": "/var/cache", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
# Each of these becomes the next, so that the process started is the daemon in the end. Any free
# port will do for the page, and a test makes no sound.
daemon = subprocess.Popen(
    ["chroot", root, "setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups",
     *command, "--silent", "--page", "127.0.0.1:0"], env=environment)
try:
    while b"READY=1" not in notices.recv(4096):
        pass
except TimeoutError:
    sys.exit("no READY=1 within 60 s")
finally:
    daemon.terminate()
    ended = daemon.wait(timeout=30)
if ended != 0:
    sys.exit(f"it ended with {ended}")
PYTHON
}

say "installing"
cp "$deb" "$root/first.deb"
apt install --no-install-recommends /first.deb
inside omzien --version
[[ $(inside stat -c %U:%G /etc/omzien) == root:omzien ]] || die "/etc/omzien is not the service's"
[[ ! -e $root/etc/omzien/home.toml ]] || die "the package describes a home by itself"

say "starting"
inside cp /usr/share/doc/omzien/examples/home.toml /etc/omzien/home.toml
inside chgrp omzien /etc/omzien/home.toml
inside install -d -m 0700 -o omzien -g omzien /var/lib/omzien
live
[[ -n $(ls -A "$root/var/lib/omzien") ]] || die "it kept nothing"

say "upgrading"
work="$root/next"
dpkg-deb -R "$deb" "$work"
sed -i 's/^Version: .*/&+next/' "$work/DEBIAN/control"
dpkg-deb --root-owner-group -b "$work" "$root/second.deb" >/dev/null
apt install --no-install-recommends /second.deb
inside dpkg -s omzien | grep -q '^Version: .*+next$' || die "it was not upgraded"
[[ -e $root/etc/omzien/home.toml ]] || die "upgrading lost the home"
live

say "removing"
before=$(find "$root/var/lib/omzien" -type f | wc -l)
apt remove omzien
[[ ! -e $root/usr/bin/omzien ]] || die "the program is still there"
[[ $(find "$root/var/lib/omzien" -type f | wc -l) == "$before" ]] || die "removing lost the ledger"
apt purge omzien
[[ ! -e $root/var/lib/omzien && ! -e $root/etc/omzien ]] || die "purging left something"

say "ok: $(basename "$deb")"
