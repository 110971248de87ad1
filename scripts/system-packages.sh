#!/bin/sh
# Installs the system packages that are missing, and only those: system-packages.sh run|test
set -eu
want=${1:-run}
missing=""

need() { # package, then a test that it is there
  package=$1
  shift
  "$@" >/dev/null 2>&1 || missing="$missing $package"
}
library() { ldconfig -p | grep -q "$1"; }
font() { fc-list | grep -qi "$1"; }
postgres() { ls /usr/lib/postgresql/*/bin/initdb; }
browser() { command -v chromium || command -v chromium-browser || ls "$HOME"/.cache/ms-playwright/chromium*; }

PATH=$PATH:/sbin:/usr/sbin
need python3-venv python3 -c "import venv, ensurepip"
need fontconfig command -v fc-list
need libpango-1.0-0 library libpango-1.0.so.0
need libpangoft2-1.0-0 library libpangoft2-1.0.so.0
need libharfbuzz-subset0 library libharfbuzz-subset.so.0
need fonts-noto-cjk font "Noto Serif CJK SC"
need fonts-lxgw-wenkai font "LXGW WenKai"
need poppler-utils command -v pdftoppm
if [ "$want" = test ]; then
  need postgresql postgres
  need postgresql-contrib postgres
  need chromium browser
  need libatomic1 library libatomic.so.1
  need git command -v git
fi
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "Please install these packages (the names are Debian's), then try again:$missing" >&2
  exit 1
fi
root=""
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "Please run as root: apt-get install$missing" >&2; exit 1; }
  root=sudo
fi
# Ubuntu's chromium package only points to a snap; there Playwright's own browser serves.
snap_only=""
$root apt-get update -qq
case "$missing" in
  *chromium*) if apt-cache show chromium 2>/dev/null | grep -qi snap || ! apt-cache show chromium >/dev/null 2>&1; then
      missing=$(echo "$missing" | sed 's/ chromium//')
      snap_only=yes
    fi ;;
esac
echo "Installing:$missing"
# shellcheck disable=SC2086 - a list of names
[ -z "$missing" ] || DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends $missing >/dev/null
[ -z "$snap_only" ] || { mkdir -p build && touch build/playwright-browser; }
