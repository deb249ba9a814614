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
    "$(docker inspect "$2" --format '{{.Image}}')" -c '[ ! -e /audit/audit.jsonl ] || cat /audit/audit.jsonl' >"$file" || {
    echo "the audit log of $(hostname) could not be read" >&2
    return 1
  }
  [ -s "$file" ] || rm -f "$file"
}

# A manager reaches a volume of another node only by a task there: a job that runs once on each node and shows the file.
# Every node is asked for by name: one whose task is not there yet has not been read, and none is left out in silence.
audit_of_nodes() {
  local name=$1-audit-$$ image failed=0 end node host status availability
  image=$(docker service inspect "$1_api" --format '{{.Spec.TaskTemplate.ContainerSpec.Image}}' 2>/dev/null) || return 0
  # shellcheck disable=SC2016 # for the shell in the task
  docker service create --quiet --detach --name "$name" --mode global-job --restart-condition none --with-registry-auth --no-resolve-image \
    --read-only --cap-drop ALL --user 1000:1000 --no-healthcheck --log-driver json-file --mount "type=volume,source=$1_audit,target=/audit,readonly" --entrypoint sh \
    "$image" -c 'f=/audit/audit.jsonl; [ -e $f ] || f=/dev/null; n=$(wc -l <$f); head -n "$n" $f; echo "lines $n"' >/dev/null || return 1
  end=$((SECONDS + 120))
  while read -r node host status availability; do
    if [ "$status $availability" != 'Ready Active' ]; then
      echo "the audit log of $host is missing: the node is $status, $availability" >&2
      failed=1
    elif ! audit_of_task "$(task_that_ended "$name" "$node" "$end")" "$2/audit-$host.jsonl"; then
      echo "the audit log of $host could not be read" >&2
      failed=1
    fi
  done < <(docker node ls --format '{{.ID}} {{.Hostname}} {{.Status}} {{.Availability}}')
  docker service rm "$name" >/dev/null
  return "$failed"
}

# task_that_ended SERVICE NODE END: its id once it is complete; nothing when it ended otherwise, or had not by then.
task_that_ended() {
  local id='' state=''
  until [ $SECONDS -ge "$3" ]; do
    read -r id state _ < <(docker service ps "$1" --filter "node=$2" --no-trunc --format '{{.ID}} {{.CurrentState}}') || true
    case $state in
      Complete) echo "$id"; return ;;
      Failed | Rejected | Orphaned) return ;;
    esac
    sleep 0.5
  done
}

# A task's output comes a little late; its last line says how many there are.
audit_of_task() {
  local end=$((SECONDS + 60)) last
  [ -n "$1" ] || return 1
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
