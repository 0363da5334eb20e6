#!/bin/sh
# Makes the namespace TEMPORAL_NAMESPACE at TEMPORAL_ADDRESS, with the retention given.
# Harmless to repeat: of one that is there, the retention is set anew.
set -eu
retention="$1"

if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
    temporal operator namespace update --namespace "$TEMPORAL_NAMESPACE" --retention "$retention"
    exit
fi
temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$retention"
# For some seconds the server remembers that there was none, and who comes next would fail.
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    temporal workflow count --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 && exit
    sleep 1
done
echo "the namespace does not appear" >&2
exit 1
