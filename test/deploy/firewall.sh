#!/usr/bin/env bash
# In a network and a view of the files of its own: the real ufw and iptables, seen by nobody else.
# unshare --net --mount bash firewall.sh ROOT WORK
set -euo pipefail
root=$1 work=$2
fail() { echo "$*" >&2; exit 1; }
mkdir -p "$work"
mount --make-rprivate /
for path in /etc/ufw /etc/default/ufw; do
  copy=$work/copy-of${path//\//-}
  rm -rf "$copy"
  cp -a "$path" "$copy"
  mount --bind "$copy" "$path"
done
mount -t tmpfs none /run
ip link set lo up
iptables -N DOCKER-USER || { echo 'iptables does not work in a network of its own here' >&2; exit 77; }
ip6tables -N DOCKER-USER 2>/dev/null || true
firewall() { "$root/deploy/scripts/firewall" "$@" --interface outside --admin 192.0.2.0/24 --peer 192.0.2.7; }
rules() { iptables -S; ip6tables -S 2>/dev/null || true; }

before=$(rules)
firewall apply --dry-run >/dev/null
[ "$before" = "$(rules)" ] || fail 'a dry run changed rules'
firewall apply >/dev/null
once=$(rules)
firewall apply >/dev/null
[ "$once" = "$(rules)" ] || fail "twice is not as once: $(diff <(echo "$once") <(rules))"
ufw status | grep -q '^Status: active' || fail 'ufw is not active'
ufw status | grep -qE '^443/tcp +ALLOW' || fail 'ufw lets nobody in at 443'
grep -q -- '-A FLASHCARDS -j DROP' <<<"$once" || fail 'published ports are open'
[ "$(grep -c -- '-A DOCKER-USER -i outside -j FLASHCARDS' <<<"$once")" -ge 1 ] || fail 'DOCKER-USER does not ask it'
firewall remove
firewall remove
if rules | grep -q FLASHCARDS; then fail 'remove leaves rules'; fi
echo "$(grep -c . <<<"$once") rules after one apply and after two"
