#!/bin/sh
# The independent programs of package-lock.json, for the tests of the banner; none of their scripts is run.
set -eu
cd "$(dirname "$0")/.."
if ! command -v npm >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "test: installing Debian's nodejs and npm for the tests of the banner" >&2
    apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null
  else
    echo "test: no npm here and no right to install it: the tests with autoconsent and axe will be skipped (Debian: apt-get install npm)" >&2
    exit 0
  fi
fi
[ node_modules/.package-lock.json -nt package-lock.json ] && exit 0
npm ci --ignore-scripts --loglevel=error
touch node_modules/.package-lock.json
