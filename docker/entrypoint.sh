#!/usr/bin/env bash
# Prepares Airflow and the metrics store, and becomes one of Airflow's components: in a container, or right on a machine
# whose PATH has `airflow` and `mlmonitor`.
#
#     entrypoint.sh init                      databases up to date, connections written; once, before anything else
#     entrypoint.sh COMPONENT [OPTION ...]    api-server, scheduler, dag-processor, triggerer or worker
#     entrypoint.sh init-and COMPONENT ...    both, where one component is all there is
#     entrypoint.sh health COMPONENT          exit status 0 if it is well
#     entrypoint.sh COMMAND ...               any other command, such as `airflow dags list`
#
# Airflow is configured by its own variables (AIRFLOW__SECTION__KEY). Besides them are read:
#
#     MLMONITOR_STORE          the metrics store, such as postgresql://user:password@host/database: its tables are
#                              made or upgraded, and the connection mlmonitor_default is written from it
#     MLMONITOR_CONNECTIONS    further connections as JSON, {"warehouse": "postgresql://..."}; what is there already
#                              under these names is replaced
#     MLMONITOR_READER         a user of the store's PostgreSQL server, such as Grafana's, who may read numbers, runs and
#                              incidents then, but no profiles: those hold values of categories
#     AIRFLOW_ADMIN_PASSWORD   password of the user admin, where users are those of Airflow's simple auth manager
#     MLMONITOR_WORKER_NAME    name of the Celery worker, where several run on one machine; by default the machine's
#     MLMONITOR_WAIT           seconds to wait for databases and migrations (60)
set -euo pipefail

wait_seconds=${MLMONITOR_WAIT:-60}

say() { printf 'entrypoint: %s\n' "$*" >&2; }

# Airflow's database: reachable, then migrated. A lock in the database lets only one of several migrate.
migrate_airflow() {
    say "waiting for Airflow's database, at most $wait_seconds s"
    airflow db check --retry $((wait_seconds / 3)) --retry-delay 3
    say "migrating Airflow's database"
    airflow db migrate
}

# The metrics store. The command reads MLMONITOR_STORE itself, so no password is on a command line.
migrate_store() {
    local deadline=$((SECONDS + wait_seconds))
    until mlmonitor db upgrade; do
        if ((SECONDS >= deadline)); then
            say "the metrics store cannot be upgraded; is MLMONITOR_STORE right?"
            return 1
        fi
        sleep 3
    done
}

grant_reading() {
    [ -n "${MLMONITOR_READER:-}" ] || return 0
    say "letting $MLMONITOR_READER read the metrics store"
    python - <<'PYTHON'
import os

from sqlalchemy import create_engine, text

from airflow_mlmonitor.store.engines import read_url

readable = ("metrics", "monitor", "series", "run", "incident", "incident_run", "incident_event")
engine = create_engine(read_url(os.environ["MLMONITOR_STORE"]))
with engine.begin() as connection:
    reader = engine.dialect.identifier_preparer.quote(os.environ["MLMONITOR_READER"])
    for name in readable:
        connection.execute(text(f"GRANT SELECT ON mlmonitor_{name} TO {reader}"))
PYTHON
}

# Connections go into Airflow's database, encrypted with its Fernet key: tasks ask for them there, and no component
# needs the passwords in its environment.
write_connections() {
    local file status=0
    file=$(umask 077 && mktemp --suffix=.json)
    python - "$file" <<'PYTHON' || status=$?
import json, os, sys

found = json.loads(os.environ.get("MLMONITOR_CONNECTIONS") or "{}")
if store := os.environ.get("MLMONITOR_STORE"):
    from sqlalchemy import make_url

    url = make_url(store)
    dialect, options = url.get_backend_name(), dict(url.query)
    if dialect == "sqlite":
        fields = {"host": url.database}
    else:
        fields = {"host": url.host, "port": url.port, "schema": url.database}
        fields |= {"login": url.username, "password": url.password}
    given = {name: value for name, value in fields.items() if value is not None}
    found["mlmonitor_default"] = {"conn_type": "mlmonitor", **given, "extra": {"dialect": dialect, **options}}
with open(sys.argv[1], "w") as file:
    json.dump(found, file)
sys.exit(0 if found else 3)
PYTHON
    case $status in
    0) airflow connections import --overwrite "$file" || status=$? ;;
    3) say "no connections to write" && status=0 ;;
    esac
    rm -f "$file"
    return "$status"
}

init() {
    migrate_airflow
    migrate_store
    grant_reading
    write_connections
    say "prepared"
}

# The simple auth manager makes up passwords and prints them to the log, unless its file has them.
write_password() {
    [ -n "${AIRFLOW_ADMIN_PASSWORD:-}" ] || return 0
    python - <<'PYTHON'
import json, os

home = os.path.expanduser(os.environ.get("AIRFLOW_HOME", "~/airflow"))
path = os.environ.get("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE") or os.path.join(
    home, "simple_auth_manager_passwords.json.generated"
)
with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
    json.dump({"admin": os.environ["AIRFLOW_ADMIN_PASSWORD"]}, file)
PYTHON
}

# A component that starts on a half-migrated database fails in ways that say nothing of it.
wait_for_migrations() {
    airflow db check-migrations --migration-wait-timeout "$wait_seconds" >/dev/null || {
        say "Airflow's database is not migrated; run \`entrypoint.sh init\` first"
        return 1
    }
}

health() {
    case $1 in
    api-server) answers "http://127.0.0.1:${AIRFLOW__API__PORT:-8080}/api/v2/monitor/health" ;;
    scheduler) answers "http://127.0.0.1:${AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT:-8974}/health" ;;
    dag-processor) airflow jobs check --local --job-type DagProcessorJob ;;
    triggerer) airflow jobs check --local --job-type TriggererJob ;;
    worker) celery --app airflow.providers.celery.executors.celery_executor.app inspect ping \
        --destination "celery@${MLMONITOR_WORKER_NAME:-$(hostname)}" --timeout 10 ;;
    *) say "health of what? api-server, scheduler, dag-processor, triggerer or worker" && return 2 ;;
    esac
}

answers() {
    python - "$1" <<'PYTHON'
import sys, urllib.request

with urllib.request.urlopen(sys.argv[1], timeout=10) as answer:
    sys.exit(answer.status != 200)
PYTHON
}

start() {
    local component=$1
    shift
    wait_for_migrations
    case $component in
    api-server) write_password && exec airflow api-server "$@" ;;
    worker) exec airflow celery worker ${MLMONITOR_WORKER_NAME:+--celery-hostname "$MLMONITOR_WORKER_NAME"} "$@" ;;
    *) exec airflow "$component" "$@" ;;
    esac
}

main() {
    case ${1:-} in
    init) init ;;
    init-and) shift && init && start "$@" ;;
    health) shift && health "${1:-}" ;;
    api-server | scheduler | dag-processor | triggerer | worker) start "$@" ;;
    "") say "what to start? init, api-server, scheduler, dag-processor, triggerer or worker" && exit 2 ;;
    *) exec "$@" ;;
    esac
}

main "$@"
