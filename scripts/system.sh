#!/bin/sh
# What the tests need of the system: Chromium with a Chinese font, a MariaDB server. Debian has all of it;
# without one of them, and without the right to install it, the tests that need it are skipped by name.
set -eu

missing=""
want() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
want chromium "chromium fonts-noto-cjk"
[ -x /usr/sbin/mariadbd ] || missing="$missing mariadb-server"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "test: installing from Debian:$missing" >&2
  apt-get update -qq >/dev/null
  # shellcheck disable=SC2086  # a list of packages
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null && exit 0
fi
echo "test: not here, and no right to install it:$missing; the tests that need it will be skipped" >&2
