#!/usr/bin/env bash
# Makes Airflow's database and the metrics store, each with its own user, and a user for Grafana who may only read:
# `entrypoint.sh init` says what.
# The image of PostgreSQL runs it once, when its volume is empty.
set -euo pipefail

psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname=postgres \
    --set=airflow="${AIRFLOW_DB_NAME:-airflow}" --set=airflow_password="$AIRFLOW_DB_PASSWORD" \
    --set=store="${MLMONITOR_DB_NAME:-mlmonitor}" --set=store_password="$MLMONITOR_DB_PASSWORD" \
    --set=grafana="${GRAFANA_DB_USER:-grafana}" --set=grafana_password="$GRAFANA_DB_PASSWORD" <<'SQL'
CREATE ROLE :"airflow" LOGIN PASSWORD :'airflow_password';
CREATE DATABASE :"airflow" OWNER :"airflow";
CREATE ROLE :"store" LOGIN PASSWORD :'store_password';
CREATE DATABASE :"store" OWNER :"store";
CREATE ROLE :"grafana" LOGIN PASSWORD :'grafana_password';
REVOKE CONNECT ON DATABASE :"airflow" FROM PUBLIC;
REVOKE CONNECT ON DATABASE :"store" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"store" TO :"grafana";
ALTER ROLE :"grafana" SET default_transaction_read_only = on;
ALTER ROLE :"grafana" SET statement_timeout = '30s';
SQL
