#!/bin/sh
# All that CI runs: the checks on the code, then the tests on SQLite, PostgreSQL and MariaDB and in a browser.
# What takes long (more examples of each law, every database for each test, every kill) waits for `make test-long`.
set -eu
cd "$(dirname "$0")/.."
# Images of containers often forbid it; without the compiled files each of the hundreds of processes compiles anew.
unset PYTHONDONTWRITEBYTECODE
scripts/system.sh
scripts/npm.sh dev
scripts/gdpr-tester.sh
scripts/lint.sh
TROTH_TESTS=day exec .venv/bin/python -m pytest -m "not long" -n 3 --dist worksteal
