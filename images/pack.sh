#!/usr/bin/env bash
# Packs a root filesystem into a container image archive that `ctr images import` and `docker load` take,
# without a container registry or daemon. One uncompressed layer: the archive never crosses a network.
#
#   pack.sh NAME:TAG ROOTFS OUT.tar ['{"Cmd":["/init"],"User":"1000","Env":["A=b"]}']
set -euo pipefail

name=$1 rootfs=$2 out=$3 config=${4:-'{}'}
work=$(mktemp -d "${out}.XXXXXX")
trap 'rm -rf "$work"' EXIT

# Sorted names and no time later than one fixed time: the same tree gives the same digest, and a rebuild is then no reason
# to import it again. Earlier times stay, because Python and fontconfig compare them with what their caches noted.
tar --sort=name --mtime="@${SOURCE_DATE_EPOCH:-0}" --clamp-mtime --numeric-owner \
  --xattrs --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime -C "$rootfs" -cf "$work/layer.tar" .
digest=$(sha256sum "$work/layer.tar" | cut -d' ' -f1)
jq -n --arg digest "sha256:$digest" --argjson config "$config" \
  '{architecture: "amd64", os: "linux", config: $config, rootfs: {type: "layers", diff_ids: [$digest]}}' >"$work/config.json"
jq -n --arg name "$name" '[{Config: "config.json", RepoTags: [$name], Layers: ["layer.tar"]}]' >"$work/manifest.json"
# The same holds for the archive around the layer.
tar --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$work" --remove-files -cf "$work/image.tar" manifest.json config.json layer.tar
mv "$work/image.tar" "$out"
