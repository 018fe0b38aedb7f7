#!/usr/bin/env bash
# Writes docker/.env from .env.example, with a new secret for every "change-me". It never overwrites one.
set -euo pipefail
cd "$(dirname "$0")"

target=${1:-.env}
[ ! -e "$target" ] || { echo "$target is there already; remove it first if you want new secrets." >&2 && exit 1; }

# Letters and digits only, since most of them become part of a URL; Fernet wants 32 bytes in URL-safe base64.
secret() { head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
fernet_key() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n'; }

umask 077
while IFS= read -r line; do
    case $line in
    AIRFLOW_FERNET_KEY=change-me) echo "AIRFLOW_FERNET_KEY=$(fernet_key)" ;;
    *=change-me) echo "${line%change-me}$(secret)" ;;
    *) echo "$line" ;;
    esac
done <.env.example >"$target"
echo "Wrote $target; the password of admin is AIRFLOW_ADMIN_PASSWORD, in Grafana GRAFANA_ADMIN_PASSWORD."
