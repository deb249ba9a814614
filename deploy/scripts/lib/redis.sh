# shellcheck shell=bash
# What backup and restore share: the queue's Redis of this machine, and encryption. Needs `secrets` to be set.

fail() { echo "${0##*/}: $*" >&2; exit 1; }

# The container of the queue's Redis, running or stopped by us.
find_redis() {
  local filters=(--filter label=flashcards.part=redis-queue) found
  if [ -n "$1" ]; then
    found=$(docker ps "${filters[@]}" --format '{{.ID}} {{.Label "com.docker.compose.project"}} {{.Label "com.docker.stack.namespace"}}' | awk -v project="$1" '$2 == project || $3 == project {print $1}')
  else
    found=$(docker ps "${filters[@]}" --quiet)
  fi
  [ -n "$found" ] || fail "no Redis of the queue runs on this machine${1:+ in $1}"
  [ "$(wc -w <<<"$found")" = 1 ] || fail 'several deployments run here: say which with --project'
  echo "$found"
}

# The password goes by the environment: it is in no process list.
redis_cli() {
  local container=$1
  shift
  # shellcheck disable=SC2154 # secrets is set by who sources this
  REDISCLI_AUTH=$(cat "$secrets/password_operator") docker exec --env REDISCLI_AUTH "$container" redis-cli --user operator --no-auth-warning "$@"
}

# One field of INFO.
info_of() { redis_cli "$1" INFO "$2" | tr -d '\r' | sed -n "s/^$3://p"; }

with_gpg() {
  local key=$1 home code=0
  shift
  home=$(mktemp -d)
  gpg --homedir "$home" --batch --quiet --no-tty --pinentry-mode loopback --passphrase-file "$key" "$@" || code=$?
  gpgconf --homedir "$home" --kill all 2>/dev/null || true
  rm -rf "$home"
  return "$code"
}
encrypt() { with_gpg "$1" --symmetric --cipher-algo AES256 --compress-algo zlib --s2k-digest-algo SHA512 --s2k-count 65011712; }
# Fails on a file that was changed by a single bit.
decrypt() { with_gpg "$1" --decrypt "$2"; }
