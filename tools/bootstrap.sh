#!/usr/bin/env bash
# Makes .venv with everything that running, testing and linting this project needs.
#
#     tools/bootstrap.sh            finds a Python 3.11-3.13 by itself
#     PYTHON=/some/python tools/bootstrap.sh
#
# `make` calls it when pyproject.toml or constraints.txt are newer than the stamp .venv/ready.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=.venv
log=build/bootstrap.log
mkdir -p build
: >"$log"

# One line a stage: what it does, a dot every two seconds, how long it took; the output goes to the log.
stage() {
    local words=$1 began=$SECONDS
    shift
    printf '%s .' "$words"
    "$@" >>"$log" 2>&1 </dev/null &
    local job=$!
    while kill -0 "$job" 2>/dev/null; do
        sleep 0.2
        ((++ticks % 10)) || printf '.'
    done
    if wait "$job"; then
        printf ' %ds\n' $((SECONDS - began))
    else
        printf ' failed\n\n' && tail -n 25 "$log" >&2
        printf '\nThe whole output is in %s.\n' "$log" >&2
        exit 1
    fi
}
ticks=0

candidates() {
    [ -z "${PYTHON:-}" ] || { echo "$PYTHON" && return; }
    local name
    for name in python3 python3.13 python3.12 python3.11; do
        type -ap "$name" || true # all on PATH: the first may be a shim that only prints a complaint
    done
    ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[123].*/bin/python3 2>/dev/null || true
}

# Prints the first Python that can make a venv; else explains, for each that was tried, why it cannot.
find_python() {
    local python refused=""
    while read -r python; do
        if why=$("$python" - 2>&1 <<'CHECK'
import sys
if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit("is Python %d.%d" % sys.version_info[:2])
try:
    import ensurepip, venv
except ImportError:
    sys.exit("has no venv and ensurepip; on Debian and Ubuntu: apt install python3.%d-venv" % sys.version_info[1])
CHECK
        ); then
            echo "$python" && return
        fi
        refused+="  $python $(tail -n 1 <<<"$why")"$'\n'
    done < <(candidates)
    {
        echo "This project needs Python 3.11, 3.12 or 3.13 with venv, and found none:"
        echo "${refused:-  no python3 on PATH}"
        echo "Install one, or name it: make PYTHON=/path/to/python3.12"
    } >&2
    return 1
}

# uv does not read pip's settings; a machine whose pip is pointed at a mirror should not need a second setting.
export UV_DEFAULT_INDEX SSL_CERT_FILE
pip_settings() {
    local pip=("$venv/bin/python" -m pip config get)
    UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-${UV_INDEX_URL:-${PIP_INDEX_URL:-$("${pip[@]}" global.index-url 2>/dev/null || true)}}}
    SSL_CERT_FILE=${SSL_CERT_FILE:-${PIP_CERT:-$("${pip[@]}" global.cert 2>/dev/null || true)}}
    [ -n "$UV_DEFAULT_INDEX" ] || unset UV_DEFAULT_INDEX
    [ -n "$SSL_CERT_FILE" ] || unset SSL_CERT_FILE
}

# Scripts in a venv name the folder it was made in, so one that was moved is of no use.
usable() {
    [ "$(cat "$venv/ready" 2>/dev/null)" = "$(pwd -P)" ] && "$venv/bin/python" -c 'import pip' 2>/dev/null
}

if ! usable; then
    python=$(find_python)
    stage "Making $venv with $("$python" --version)" "$python" -m venv --clear "$venv"
fi
pip_settings
stage "Installing uv, the installer" "$venv/bin/python" -m pip install -q -c constraints.txt uv
stage "Installing Airflow and the rest, about 240 packages" \
    "$venv/bin/python" -m uv pip install --python "$venv/bin/python" --compile-bytecode \
    -c constraints.txt --build-constraints constraints.txt -e '.[mysql,postgres]' --group dev
pwd -P >"$venv/ready"
