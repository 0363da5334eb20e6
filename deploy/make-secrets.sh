#!/bin/sh
# Makes the secrets that docker-compose.yml names, one file each, in deploy/secrets.
# What is there stays, so it is harmless to repeat. Empty means off: put there what your
# boards gave you. Needs openssl.
set -eu
folder="${1:-$(dirname "$0")/secrets}"
mkdir -p "$folder"
# Containers run as users of their own and read the files as they are; the folder keeps
# everybody else on this machine out.
chmod 700 "$folder"
umask 022

make() {
    # A new file appears whole or not at all.
    name="$1"
    shift
    [ -e "$folder/$name" ] || { "$@" >"$folder/.new" && mv "$folder/.new" "$folder/$name"; }
}

whsec() {
    echo "whsec_$(openssl rand -base64 32)"
}

make s3_access_key openssl rand -hex 10
make s3_secret_key openssl rand -hex 20
for name in postgres_password operator_token digest_key grafana_password; do
    make "$name" openssl rand -hex 32
done
make delivery_secret whsec

# From the boards and the identity provider: one without a secret is off.
for name in careerjet_secrets indeed_secrets indeed_client_secret \
    hellowork_secrets hellowork_status_key \
    ziprecruiter_secrets ziprecruiter_api_user ziprecruiter_api_password \
    linkedin_secrets linkedin_access_token \
    seek_webhook_secrets seek_client_secret \
    generic_secrets mail_secrets oidc_client_secret; do
    make "$name" true
done

# For trying it out; boards want a certificate of a public authority.
if [ ! -e "$folder/tls_key" ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 \
        -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
        -keyout "$folder/tls_key" -out "$folder/tls_certificate" 2>/dev/null
    chmod 644 "$folder/tls_key"
fi
