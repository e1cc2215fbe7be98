#!/bin/sh
# The City of Helsinki's tester of GDPR APIs, which pins old versions of what we use ourselves: in a venv of its own.
set -eu
cd "$(dirname "$0")/.."
[ .venv-gdpr-tester/.ready -nt requirements/gdpr-tester.txt ] && exit 0
.venv/bin/python -m venv --clear .venv-gdpr-tester
if .venv/bin/uv --version >/dev/null 2>&1; then
  .venv/bin/uv pip install --quiet --python .venv-gdpr-tester/bin/python --require-hashes -r requirements/gdpr-tester.txt
else
  .venv-gdpr-tester/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/gdpr-tester.txt
fi
touch .venv-gdpr-tester/.ready
