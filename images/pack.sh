#!/usr/bin/env bash
# Packs a root filesystem into a container image archive that `ctr images import` and `docker load` take,
# without a container registry or daemon. One uncompressed layer: the archive never crosses a network.
#
#   pack.sh NAME:TAG ROOTFS OUT.tar ['{"Cmd":["/init"],"User":"1000","Env":["A=b"]}']
set -euo pipefail

name=$1 rootfs=$2 out=$3 config=${4:-'{}'}
work=$(mktemp -d "${out}.XXXXXX")
trap 'rm -rf "$work"' EXIT

# Sorted names and one fixed time: the same tree gives the same digest. A rebuild is then no reason to import it again.
tar --sort=name --mtime=@0 --numeric-owner --xattrs -C "$rootfs" -cf "$work/layer.tar" .
digest=$(sha256sum "$work/layer.tar" | cut -d' ' -f1)
jq -n --arg digest "sha256:$digest" --argjson config "$config" \
  '{architecture: "amd64", os: "linux", config: $config, rootfs: {type: "layers", diff_ids: [$digest]}}' >"$work/config.json"
jq -n --arg name "$name" '[{Config: "config.json", RepoTags: [$name], Layers: ["layer.tar"]}]' >"$work/manifest.json"
tar -C "$work" --remove-files -cf "$work/image.tar" manifest.json config.json layer.tar
mv "$work/image.tar" "$out"
