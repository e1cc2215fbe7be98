#!/bin/sh
# Writes the pinned lists anew: names, versions and hashes; never the place a package is fetched from.
# `requirements/lock.sh --upgrade` takes newer versions, without it the pinned ones are kept where they still fit.
set -eu
cd "$(dirname "$0")"
upgrade="${1:---quiet}"
compile() { ../.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header "$upgrade" "$@"; }
compile uv.in --output-file uv.txt
compile run.in --output-file run.txt
compile dev.in --constraint run.txt --output-file dev.txt
compile gdpr-tester.in --output-file gdpr-tester.txt
