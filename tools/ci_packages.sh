#!/usr/bin/env bash
# Installs what the tests need and pip does not bring: a headless Chromium. Where it is there already, nothing is done;
# where apt-get or the right to use it is missing, it says so and the tests that need a browser say so too.
set -euo pipefail

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then
        echo "A browser is there: $(command -v "$name")"
        exit 0
    fi
done
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "There is no Chromium, and installing one takes root and apt-get." >&2
    exit 0
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Installing Chromium with apt-get"
install() {
    apt-get -o DPkg::Lock::Timeout=600 -qq update &&
        DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -qq install -y --no-install-recommends \
            chromium fonts-liberation
}
if ! install >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "Chromium could not be installed." >&2
    exit 1
fi
