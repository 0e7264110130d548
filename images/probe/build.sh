#!/usr/bin/env bash
# The isolation probe: one static file, so that it starts in milliseconds.   build.sh OUT.tar
set -euo pipefail
out=$(realpath "$1")
cd "$(dirname "$0")"
source ../lib.sh
need jq=jq
command -v go >/dev/null || fail "the probe needs Go 1.25 or later on the PATH"

rootfs=$(mktemp -d)
trap 'rm -rf "$rootfs"' EXIT
step "compiling the probe (20 s the first time)"
CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w -buildid=' -o "$rootfs/probe" .
chmod 755 "$rootfs"
../pack.sh "cloister.dev/probe:$version" "$rootfs" "$out" '{"Entrypoint":["/probe"],"User":"65532:65532"}'
go version -m "$rootfs/probe" | awk '/: go/ {print "go=" substr($2, 3)} $1 == "dep" {print $2 "=" $3}' >"${out%.tar}.packages.txt"
