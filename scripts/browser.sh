#!/bin/sh
# Chromium for the browser tests. Without it, and without the right to install it, those tests are skipped by name.
set -eu
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "test: installing Debian's Chromium for the browser tests" >&2
  apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null && exit 0
fi
echo "test: no Chromium here and no right to install it: the browser tests will be skipped (Debian: apt-get install chromium)" >&2
