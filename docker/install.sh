#!/usr/bin/env bash
# Installs the provider of this source tree, with the PostgreSQL drivers and what the example DAGs need, beside an Airflow
# that is there already. What is installed stays in the version it has; everything else comes in the version that the
# tests ran with (constraints.txt).
set -euo pipefail
cd "$(dirname "$0")/.."

python -m pip install --no-cache-dir --quiet "uv==$(sed -n 's/^uv==\([^ ;]*\).*/\1/p' constraints.txt)"

there=$(mktemp)
both=$(mktemp)
trap 'rm -f "$there" "$both"' EXIT
python -m uv pip freeze --quiet | grep -E '^[A-Za-z0-9._-]+==' >"$there"
awk -F'==' '{ name = tolower($1) } NR == FNR { known[name]; print; next } !(name in known) && !/^#/' \
    "$there" constraints.txt >"$both"

# Without bytecode every process of Airflow would compile what it imports, and take twice as long to start.
python -m uv pip install --no-cache --compile-bytecode --constraints "$both" --build-constraints constraints.txt \
    '.[postgres]' --group demo
