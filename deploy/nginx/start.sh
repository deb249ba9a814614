#!/bin/sh
# Fills the templates from the environment, into the only folder that can be written, and becomes nginx.
set -eu
mkdir -p /tmp/conf.d
# A line of a map for each origin; with * they are all the same.
CORS_MAP=$(printf '%s' "${CORS_ORIGINS:-}" | tr ',' '\n' | sed 's/ //g; /^$/d; s/.*/"&" "&";/; s/^"\*" /default /')
export CORS_MAP
for template in /etc/flashcards/*.conf.template; do
  name=$(basename "$template" .template)
  # shellcheck disable=SC2016 # the names, for envsubst; every other $ is nginx's
  envsubst '$SERVER_NAME $API_UPSTREAM $RESOLVER $AUTH $MAX_BODY_BYTES $MAX_CONNECTIONS_PER_ADDRESS $MAX_BATCHES_PER_CLIENT $CORS_MAP' \
    <"$template" >"/tmp/conf.d/$name"
done
exec nginx -g 'daemon off;'
