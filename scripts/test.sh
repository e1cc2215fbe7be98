#!/bin/sh
# All that CI runs: the checks on the code, then the tests on SQLite, PostgreSQL and MariaDB and in a browser.
# What takes long (more examples of each law, every database for each test, every kill) waits for `make test-long`.
set -eu
cd "$(dirname "$0")/.."
# Images of containers often forbid it; without the compiled files each of the hundreds of processes compiles anew.
unset PYTHONDONTWRITEBYTECODE
export TROTH_TESTS=day
scripts/system.sh
scripts/npm.sh dev &
npm=$!
scripts/gdpr-tester.sh &
tester=$!
# Compiles every test with its assertions once, while the checks have the other core, instead of in each worker.
.venv/bin/python -m pytest -q --collect-only >/dev/null 2>&1 &
compiled=$!
scripts/lint.sh
wait "$npm"
wait "$tester"
wait "$compiled" || true # what cannot be collected is said by the run
# By module, so that what a module starts is started once.
exec .venv/bin/python -m pytest -m "not long" -n 3 --dist loadscope --no-loadscope-reorder
