#!/usr/bin/env bash
# A database and a role of its own for every service and for the console; nobody else may enter. The official image runs this once, on an empty volume.
# A password comes from ORDERS_DB_PASSWORD and so on; by default it is the service's name, which is fit for a laptop only.
set -euo pipefail

for service in orders payments loyalty email warehouse console; do
  variable="${service^^}_DB_PASSWORD"
  psql -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname "${POSTGRES_DB:-${POSTGRES_USER:-postgres}}" \
    -v service="$service" -v password="${!variable:-$service}" <<'SQL'
create role :"service" login password :'password';
create database :"service" owner :"service";
revoke connect on database :"service" from public;
SQL
done
