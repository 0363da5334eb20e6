#!/bin/sh
# Makes Temporal's two databases and brings them to the schema of this release.
# Harmless to repeat: what is there stays, what is newer is applied.
set -eu
SQL_PASSWORD="$(cat /run/secrets/postgres_password)"
export SQL_PASSWORD
versions=/etc/temporal/schema/postgresql/v12

prepare() {
    temporal-sql-tool --db "$1" create
    temporal-sql-tool --db "$1" setup-schema --version 0.0
    temporal-sql-tool --db "$1" update-schema --schema-dir "$versions/$2/versioned"
}

prepare temporal temporal
prepare temporal_visibility visibility
