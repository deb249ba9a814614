#!/usr/bin/env bash
# Deploys, updates, rolls back and shows the stack on a Docker Swarm; run it on a manager.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$here/../..

usage() {
  cat <<'TEXT'
usage: deploy.sh COMMAND [--stack NAME] [--file EXTRA.yml]...

  deploy    first deploy, or an update of anything: images, settings, secrets, configurations. Waits for the end of the
            rollout. Exit code 1 when a service was rolled back or did not converge.
  rollback  takes the API and the workers back to what ran before the last update
  status    services, their tasks, the state of the last update
  remove    removes the stack; volumes, networks' data and node labels stay

  --stack NAME      name of the stack (flashcards)
  --file EXTRA.yml  another stack file over stack.yml, as often as needed: autoscaler.yml

Environment: API_IMAGE and WORKER_IMAGE (with a tag that is never used twice), SERVER_NAME, and what stack.yml names.
SECRETS_DIR (deploy/secrets) is what deploy/scripts/secrets made. LIMIT_SECONDS (600) bounds the wait.
Before the first deploy label the nodes:
  docker node update --label-add flashcards.data=true NODE    one node: Redis lives there
  docker node update --label-add flashcards.edge=true NODE    each node that serves 443; its certificate is in TLS_DIR
TEXT
}

command=${1:---help}
[ $# -gt 0 ] && shift
export STACK=flashcards
files=(--compose-file "$here/stack.yml")
while [ $# -gt 0 ]; do
  case $1 in
    --stack) STACK=${2:?--stack NAME}; shift 2 ;;
    --file) files+=(--compose-file "${2:?--file FILE}"); shift 2 ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done

fail() { echo "deploy.sh: $*" >&2; exit 1; }
hash_of() { cat "$@" | sha256sum | cut -c1-10; }
state_of() { docker service inspect "$1" --format '{{if .UpdateStatus}}{{.UpdateStatus.State}}{{else}}none{{end}}'; }
started_of() { docker service inspect "$1" --format '{{if .UpdateStatus}}{{.UpdateStatus.StartedAt}}{{end}}' 2>/dev/null || true; }
services() { docker service ls --filter "label=com.docker.stack.namespace=$STACK" --format "{{.Name}}"; }

check() {
  docker info --format '{{.Swarm.ControlAvailable}}' | grep true >/dev/null || fail 'this engine is no Swarm manager'
  : "${API_IMAGE:?is not set}" "${WORKER_IMAGE:?is not set}" "${SERVER_NAME:?is not set}"
  export SECRETS_DIR=${SECRETS_DIR:-$root/deploy/secrets}
  "$root/deploy/scripts/secrets" --check --directory "$SECRETS_DIR" || fail "secrets are missing in $SECRETS_DIR: run deploy/scripts/secrets"
  local label
  for label in data edge; do
    docker node ls --quiet | xargs docker node inspect --format "{{index .Spec.Labels \"flashcards.$label\"}}" | grep true >/dev/null ||
      fail "no node has the label flashcards.$label=true (see --help)"
  done
}

# Names of configs and secrets carry a hash of what is in them.
names() {
  export CONFIGS CONFIGS_REDIS CONFIGS_MONITORING SECRETS_REDIS SECRETS_OPENROUTER SECRETS_ALERTS SECRETS_KEYS STOP_GRACE
  CONFIGS=$(hash_of "$root"/deploy/nginx/*)
  CONFIGS_REDIS=$(hash_of "$root"/deploy/redis/*.conf)
  CONFIGS_MONITORING=$(hash_of "$root"/monitoring/prometheus/prometheus.yml "$root"/monitoring/prometheus/rules/*.yml "$root"/monitoring/alertmanager/alertmanager.yml)
  SECRETS_REDIS=$(hash_of "$SECRETS_DIR"/redis_* "$SECRETS_DIR"/cache_url_*)
  SECRETS_OPENROUTER=$(hash_of "$SECRETS_DIR/openrouter_api_key")
  SECRETS_ALERTS=$(hash_of "$SECRETS_DIR"/alert_*)
  SECRETS_KEYS=$(hash_of "$SECRETS_DIR/key_pepper" "$SECRETS_DIR/secrets_key")
  STOP_GRACE=$((${DRAIN_SECONDS:-20} + 10))s
}

declare -A updated_before
remember() {
  local service
  for service in $(services 2>/dev/null); do updated_before[$service]=$(started_of "$service"); done
}

# Until no update is under way and every service has what it wants. An update that was taken back before this deploy is
# no failure of this one.
converge() {
  local limit=$((SECONDS + ${LIMIT_SECONDS:-600})) service
  while :; do
    local busy='' failed=''
    for service in $(services); do
      case $(state_of "$service") in
        updating | rollback_started) busy+=" $service" ;;
        rollback_completed | rollback_paused | paused)
          [ "$(started_of "$service")" = "${updated_before[$service]:-}" ] || failed+=" $service"
          ;;
      esac
    done
    local short
    short=$(docker stack services "$STACK" --format '{{.Name}} {{.Replicas}}' | awk '{split($2, n, "/"); if (n[1] != n[2]) printf " %s(%s)", $1, $2}')
    if [ -z "$busy" ] && [ -n "$failed" ]; then fail "rolled back:$failed"; fi
    if [ -z "$busy$short" ]; then return 0; fi
    if [ $SECONDS -ge $limit ]; then fail "still not there after ${LIMIT_SECONDS:-600} s:$busy$short"; fi
    sleep 2
  done
}

case $command in
  deploy)
    check
    names
    remember
    # Who scaled by hand, and an autoscaler, keep their number unless WORKERS says another.
    running=$(docker service ls --filter "name=${STACK}_worker" --format '{{.Replicas}}' | sed -n 's|^[0-9]*/\([0-9]*\).*|\1|p')
    export WORKERS=${WORKERS:-${running:-2}}
    docker stack deploy ${DOCKER_REGISTRY_AUTH:+--with-registry-auth} --resolve-image "${RESOLVE_IMAGE:-always}" --prune "${files[@]}" "$STACK"
    converge
    echo 'deployed'
    ;;
  rollback)
    for service in api worker; do docker service rollback --detach "${STACK}_$service" >/dev/null; done
    LIMIT_SECONDS=${LIMIT_SECONDS:-600}
    end=$((SECONDS + LIMIT_SECONDS))
    for service in api worker; do
      until [ "$(state_of "${STACK}_$service")" = rollback_completed ]; do
        [ $SECONDS -lt $end ] || fail "$service was not taken back in $LIMIT_SECONDS s"
        sleep 1
      done
    done
    echo 'rolled back'
    ;;
  status)
    docker stack services "$STACK"
    echo
    for service in $(services); do printf '%-28s last update: %s\n' "$service" "$(state_of "$service")"; done
    echo
    docker stack ps "$STACK" --filter desired-state=running --format 'table {{.Name}}\t{{.Node}}\t{{.CurrentState}}\t{{.Error}}'
    ;;
  remove) docker stack rm "$STACK" ;;
  --help | -h) usage ;;
  *) usage >&2; exit 2 ;;
esac
