# shellcheck shell=bash
# The audit logs of a deployment: a chain of records on each machine that runs the API, in the volume `audit`.

# Compose project or Swarm stack of a container.
deployment_of() {
  docker inspect "$1" --format '{{with index .Config.Labels "com.docker.stack.namespace"}}{{.}}{{else}}{{index .Config.Labels "com.docker.compose.project"}}{{end}}'
}

# collect_audit REDIS-CONTAINER DIR: DIR/audit-MACHINE.jsonl for each machine that has one. Says which are missing, and
# fails then.
collect_audit() {
  local deployment
  deployment=$(deployment_of "$1")
  if [ -z "$(docker inspect "$1" --format '{{index .Config.Labels "com.docker.stack.namespace"}}')" ]; then
    audit_here "$(docker volume ls --quiet --filter "label=com.docker.compose.project=$deployment" --filter label=com.docker.compose.volume=audit)" "$1" "$2"
  elif [ "$(docker info --format '{{.Swarm.ControlAvailable}}')" = true ]; then
    audit_of_nodes "$deployment" "$2"
  else
    audit_here "${deployment}_audit" "$1" "$2"
    echo "the audit logs of other nodes are missing: this one is no manager" >&2
    return 1
  fi
}

# This machine's, read in a container of Redis' image, which is here.
audit_here() {
  local file
  [ -n "$1" ] && docker volume inspect "$1" >/dev/null 2>&1 || return 0
  file=$3/audit-$(hostname).jsonl
  docker run --rm --network none --read-only --user root --cap-drop ALL --cap-add DAC_READ_SEARCH --volume "$1:/audit:ro" --entrypoint sh \
    "$(docker inspect "$2" --format '{{.Image}}')" -c '[ ! -e /audit/audit.jsonl ] || cat /audit/audit.jsonl' >"$file"
  [ -s "$file" ] || rm -f "$file"
}

# A manager reaches a volume of another node only by a task there: a job that runs once on each node and shows the file.
audit_of_nodes() {
  local name=$1-audit-$$ image failed=0 id node state
  image=$(docker service inspect "$1_api" --format '{{.Spec.TaskTemplate.ContainerSpec.Image}}' 2>/dev/null) || return 0
  # shellcheck disable=SC2016 # for the shell in the task
  docker service create --quiet --detach --name "$name" --mode global-job --restart-condition none --with-registry-auth --no-resolve-image \
    --read-only --cap-drop ALL --user 1000:1000 --no-healthcheck --log-driver json-file --mount "type=volume,source=$1_audit,target=/audit,readonly" --entrypoint sh \
    "$image" -c 'f=/audit/audit.jsonl; [ -e $f ] || f=/dev/null; n=$(wc -l <$f); head -n "$n" $f; echo "lines $n"' >/dev/null
  local end=$((SECONDS + 120))
  until [ $SECONDS -ge $end ] || ! docker service ps "$name" --format '{{.CurrentState}}' | grep -qvE '^(Complete|Failed|Rejected|Orphaned)'; do sleep 0.5; done
  while read -r id node state; do
    if [ "$state" = Complete ] && audit_of_task "$id" "$2/audit-$node.jsonl"; then continue; fi
    echo "the audit log of $node could not be read" >&2
    failed=1
  done < <(docker service ps "$name" --no-trunc --format '{{.ID}} {{.Node}} {{.CurrentState}}' | cut -d' ' -f1-3)
  while read -r node; do
    echo "the audit log of $node is missing: the node is down" >&2
    failed=1
  done < <(docker node ls --format '{{.Hostname}} {{.Status}}' | awk '$2 != "Ready" {print $1}')
  docker service rm "$name" >/dev/null
  return "$failed"
}

# A task's output comes a little late; its last line says how many there are.
audit_of_task() {
  local end=$((SECONDS + 20)) last
  while [ $SECONDS -lt $end ]; do
    docker service logs --raw "$1" >"$2" 2>/dev/null || true
    last=$(tail -n 1 "$2")
    if [ "$last" = "lines $(($(wc -l <"$2") - 1))" ]; then
      sed -i '$d' "$2"
      [ -s "$2" ] || rm -f "$2"
      return 0
    fi
    sleep 0.5
  done
  rm -f "$2"
  return 1
}
