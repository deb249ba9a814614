# shellcheck shell=bash
# Who may do what in Redis: the lines of an `aclfile`. Needs `hash_of NAME`, the SHA-256 of the secret NAME.

# A service of ours runs scripts. It looks at nothing of the server, and stops nothing.
# Of the server's own commands the API may ask for one: after an erasure Redis rewrites its append-only file.
# A worker is told the ids that it needs. It may not list the names of keys, among them those of API keys and tenants.
service_commands='+@all -@admin -@dangerous -function -script +script|load +script|exists +info +client|setname +client|setinfo'

# What workers write, and what they alone are told. API keys, tenants, limits and erasures are the API's: of a tenant a
# worker reads the webhook secrets and writes nothing. `{flashcards}` is the key that every script names.
worker_keys() {
  printf '%s' '~{flashcards} %R~{flashcards}:tenant:*'
  printf ' ~{flashcards}:%s' \
    'job:*' 'events:*' 'text:*' 'tomb:*' 'followers:*' 'waiting:*' turns rested fed workers flight leaders due counts \
    sweeping 'swept:*' 'account:*' 'usage:*' 'tenants:*' 'used:*' 'near:*' 'probe:*' 'cache:*' \
    'delivery:*' 'attempts:*' outbox 'outbox:*' backlog posting posts slow 'hook:*' 'generate:*' 'deliveries:*'
  printf ' &{flashcards}:%s' bell cancel post
}

# Nobody can be the user `default`: it is off. But Redis reads its append-only file as this user, and would leave out
# every transaction that it may not run.
users() {
  cat <<ACL
user default off resetpass allkeys allchannels +@all
user health on nopass resetchannels -@all +ping
user exporter on #$(hash_of password_exporter) resetchannels -@all +ping +info +config|get +latency|latest +latency|histogram +slowlog|len +slowlog|get +client|setname +client|setinfo
user operator on #$(hash_of password_operator) allkeys allchannels +@all
user api on #$(hash_of password_api) resetchannels $1 $service_commands +bgrewriteaof
user worker on #$(hash_of password_worker) resetchannels $2 $service_commands -scan -randomkey -dbsize
ACL
}
queue_users() { users '~{flashcards}* &{flashcards}*' "$(worker_keys)"; }
cache_users() { users '~{flashcards}:cache:*' '~{flashcards}:cache:*'; }
