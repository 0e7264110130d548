#!/usr/bin/env bash
# Installs and builds what `lab up` needs, into .lab/ at the root of the checkout. What did not change is not built again.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
lab=${CLOISTER_LAB_DIR:-$(dirname "$here")/.lab}
bin=$lab/bin
coredns=1.15.0 # the image's tag; the version that is built is in dns/go.mod
helm=v3.22.0
packages=(containerd runc containernetworking-plugins nftables iproute2 conntrack jq)

export CGO_ENABLED=0 GOBIN=$bin
mkdir -p "$bin" "$lab/images"

install_packages() {
  local missing=()
  for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" -ne 0 ]; then
    echo "lab: not root, so please install first: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  echo "lab: installing Debian packages (a minute): ${missing[*]}"
  apt-get -qq update
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}"
}

# once NAME EXPECTATION STAMP COMMAND... runs a step unless it ran with this very stamp before.
once() {
  local name=$1 expect=$2 stamp=$3
  shift 3
  if [ "$(cat "$lab/.built-$name" 2>/dev/null)" = "$stamp" ]; then
    return
  fi
  echo "lab: building $name ($expect)"
  local began=$SECONDS
  "$@"
  echo "$stamp" >"$lab/.built-$name"
  echo "lab: built $name in $((SECONDS - began)) s"
}

# stamp FOLDER... is a digest of the Go sources there and of the compiler.
stamp() {
  { go version; find "$@" \( -name '*.go' -o -name 'go.*' -o -path '*/manifests/*' \) ! -name '*_test.go' -print0 |
    sort -z | xargs -0 sha256sum; } | sha256sum | cut -d' ' -f1
}

build_kube() (
  cd "$here/kube"
  local version in=k8s.io/component-base/version
  version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
  IFS=. read -r major minor _ <<<"${version#v}"
  # Without these the API server says it is v0.0.0, and clients that look at the version refuse it.
  go build -buildvcs=false -trimpath -o "$bin/kube" -ldflags "-s -w -X $in.gitVersion=$version \
    -X $in.gitMajor=$major -X $in.gitMinor=$minor -X $in.gitCommit=lab -X $in.gitTreeState=clean"
  ln -sf kube "$bin/kubectl"
)

build_lab() (
  cd "$here"
  go build -buildvcs=false -trimpath -ldflags "-s -w" -o "$bin/lab.new" .
  mv "$bin/lab.new" "$bin/lab" # a rename, because the old binary may be running
)

build_coredns() (
  cd "$here/dns"
  go build -buildvcs=false -trimpath -ldflags "-s -w" -o "$bin/coredns" .
)

# image NAME:TAG BINARY [CONFIG] packs one static binary as an image.
image() {
  local name=$1 binary=$2 config=$3 root
  root=$(mktemp -d)
  cp "$binary" "$root/"
  "$here/../images/pack.sh" "lab.cloister.dev/$name" "$root" "$lab/images/${name%:*}.tar" "$config"
  rm -rf "$root"
}

build_pause() (
  cd "$here"
  go build -buildvcs=false -trimpath -ldflags "-s -w" -o "$lab/images/pause" ./pause
  image pause:1 "$lab/images/pause" '{"Entrypoint":["/pause"]}'
  rm "$lab/images/pause"
)

cd "$here"
command -v go >/dev/null || { echo "lab: please install Go 1.26 or later first" >&2; exit 1; }
install_packages
once kube "4 minutes the first time on two cores" "$(stamp kube)" build_kube
once lab "a minute the first time" "$(stamp main.go go.mod go.sum certs process cluster policy enforcer cni volumes)" build_lab
once coredns "a minute or two the first time" "$(stamp dns)" build_coredns
once helm "2 minutes" "$helm" go install -buildvcs=false -ldflags "-s -w" "helm.sh/helm/v3/cmd/helm@$helm"
once pause-image "seconds" "$(stamp pause)" build_pause
once coredns-image "seconds" "$(stamp dns)" image "coredns:$coredns" "$bin/coredns" '{"Entrypoint":["/coredns"]}'
