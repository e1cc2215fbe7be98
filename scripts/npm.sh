#!/bin/sh
# What package-lock.json names, none of its scripts run: `npm.sh run` what the pages are better with, `npm.sh dev` also
# the independent programs of the tests. Without npm the pages work, only plainer, and those tests are skipped.
set -eu
kind="$1"
cd "$(dirname "$0")/.."

install_npm() {
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "test: installing Debian's nodejs and npm for the tests in the browser" >&2
    apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null
  else
    echo "test: no npm here and no right to install it: the tests with autoconsent and axe will be skipped (Debian: apt-get install npm)" >&2
    exit 0
  fi
}

place() {
  cp node_modules/htmx.org/dist/htmx.min.js src/troth/web/static/htmx.min.js
}

if ! command -v npm >/dev/null 2>&1; then
  [ "$kind" = run ] && exit 0
  install_npm
fi
if ! [ "node_modules/.ready-$kind" -nt package-lock.json ]; then
  npm ci --ignore-scripts --loglevel=error --silent $([ "$kind" = run ] && echo --omit=dev)
  touch "node_modules/.ready-$kind"
  [ "$kind" = run ] || touch node_modules/.ready-run
fi
place
