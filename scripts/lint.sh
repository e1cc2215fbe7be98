#!/bin/sh
# The checks that read the code without running it.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/ruff check --quiet .
.venv/bin/ruff format --check --quiet .
.venv/bin/lint-imports --no-cache >/tmp/troth-imports.$$ 2>&1 || { cat /tmp/troth-imports.$$; rm -f /tmp/troth-imports.$$; exit 1; }
rm -f /tmp/troth-imports.$$
.venv/bin/mypy --no-error-summary
