#!/bin/sh
# All that CI runs: the checks on the code, then every test on SQLite and PostgreSQL and in a browser.
set -eu
cd "$(dirname "$0")/.."
scripts/system.sh
scripts/npm.sh dev
scripts/gdpr-tester.sh
scripts/lint.sh
exec .venv/bin/python -m pytest -m "not long" -n 3 --dist worksteal
