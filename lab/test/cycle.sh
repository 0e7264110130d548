#!/usr/bin/env bash
# Proves that `lab down` leaves the machine as it was before `lab up`, after a crash and with half of the state removed too.
# It takes the running full lab down. At the end the lab is down.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
home=${CLOISTER_LAB_DIR:-$root/.lab}
lab=$home/bin/lab
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Everything on this machine that a node could leave behind, without counters and without what changes by itself.
snapshot() {
  {
    nft --stateless list ruleset
    ip -o link | sed 's/ qlen.*//'
    ip route
    ip rule
    findmnt --raw --noheadings --output TARGET,FSTYPE | grep "$home" || true
    find /sys/fs/cgroup -type d | sort
    ls -A /run /var/lib /var/log /etc/cni /opt /usr/libexec /run/netns "$home" 2>/dev/null || true
    sysctl -a 2>/dev/null | grep -E '^(net|vm\.(over|panic)|kernel\.(panic|keys))' | grep -Ev 'conntrack_count|netns_ok|rt_cache|file-nr|rps'
    processes
  } >"$1"
}

# Programs that the lab started carry its mark, containers have their root in its folder.
processes() {
  grep -slzx "CLOISTER_LAB_STATE=$home/run" /proc/[0-9]*/environ || true
  grep -sl "^[^ ]* [^ ]* [^ ]* / / .*upperdir=$home/run/" /proc/[0-9]*/mountinfo || true
}

clean() {
  snapshot "$work/after"
  if ! diff "$work/before" "$work/after"; then
    echo "FAILED: $1 left the differences above" >&2
    exit 1
  fi
  echo "ok: $1 leaves nothing behind"
}

"$lab" down >/dev/null
snapshot "$work/before"

"$lab" up
began=$SECONDS
"$lab" up | grep -q 'already up'
echo "ok: a second up is a no-op, $((SECONDS - began)) s"
"$lab" down
clean "down"

"$lab" up >/dev/null
# A crash: everything dies at once, nothing is tidied up.
processes | cut -d/ -f3 | sort -u | xargs kill -9
"$lab" up
"$lab" down
clean "a crash, up and down"

"$lab" up >/dev/null
rm -rf "$home/run/pids" "$home/run/pki" "$home/run/containerd/root/io.containerd.metadata.v1.bolt" "$home/run/admin.kubeconfig"
"$lab" up >/dev/null
echo "ok: up works with half of its state removed"
rm -rf "$home/run/pids"
"$lab" down
clean "half of the state removed, and down"
