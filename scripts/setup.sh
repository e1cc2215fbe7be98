#!/bin/sh
# Makes .venv with the pinned packages: `setup.sh run` what Troth needs, `setup.sh dev` what its tests need too.
# uv does it in seconds; where uv cannot run, plain pip does the same more slowly.
set -eu
kind="$1"
python="${PYTHON:-python3}"
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  say "setup: Python 3.11 or newer is needed; $("$python" --version 2>&1) was found. Set PYTHON=… to another."
  exit 2
}

make_venv() {
  [ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1 && return
  "$python" -m venv --clear .venv >/dev/null 2>&1 && return
  # Debian keeps venv's pip in a package of its own.
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "setup: installing Debian's python3-venv"
    apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
    "$python" -m venv --clear .venv && return
  fi
  say "setup: Python's venv module is incomplete; install it (Debian: apt-get install python3-venv) and run again."
  exit 2
}

install() {
  if .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt 2>/dev/null \
    && .venv/bin/uv --version >/dev/null 2>&1; then
    .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r "requirements/$kind.txt"
    .venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
  else
    say "setup: uv is not to be had here; plain pip takes a little longer"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "requirements/$kind.txt"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
  fi
}

say "setup: making .venv ($kind)"
make_venv
install
touch ".venv/.ready-$kind"
[ "$kind" = run ] || touch .venv/.ready-run
