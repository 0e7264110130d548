# Shared by the recipes: `source "$(dirname "$0")/../lib.sh"`.
# shellcheck shell=bash

# shellcheck disable=SC2034  # read by the recipes
version=${CLOISTER_VERSION:-dev}

# step TEXT: one progress line. Say what happens and about how long it takes when that is over five seconds.
step() { echo "[$(date +%T)] $*"; }

fail() {
  echo "images: $*" >&2
  exit 1
}

# need COMMAND=PACKAGE...: installs what is missing, or lists it for those who are not root.
need() {
  local pair missing=()
  for pair in "$@"; do
    command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
  done
  [ ${#missing[@]} -eq 0 ] && return
  [ "$(id -u)" = 0 ] || fail "missing packages, install them with: sudo apt-get install ${missing[*]}"
  step "installing ${missing[*]}"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# debian_sources: the Debian entries of this machine's own apt configuration, as lines for mmdebstrap, so that a build
# uses the mirror that the site uses. The origin is what the signed Release file says: third parties stay out.
debian_sources() {
  local lines
  # shellcheck disable=SC2016  # the dollars are for apt
  lines=$(apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
    'Created-By: Packages' 'Origin: Debian' 'Component: main' | grep -E ' bookworm(-updates|-security)? main$') ||
    fail "apt knows no Debian bookworm here (images are built from bookworm): check /etc/apt and run apt-get update"
  echo "$lines"
}

# debian_rootfs FOLDER [mmdebstrap argument...]: a root filesystem of Debian packages, without what no container reads.
# The build machine's own name, resolvers and mirrors do not belong into an image.
debian_rootfs() {
  local folder=$1 options log=$1.log
  shift
  need mmdebstrap=mmdebstrap
  # A site may freeze its mirror at a date: take its word on whether an old index is valid.
  options=$(apt-config dump | grep -E '^Acquire::Check-(Valid-Until|Date) ' || true)
  debian_sources | mmdebstrap --variant=minbase ${options:+--aptopt="$options"} \
    --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/lintian/*' \
    "$@" bookworm "$folder" - >"$log" 2>&1 || {
    grep -E '^(E:|W:|dpkg: error)|Errno' "$log" >&2
    fail "the Debian packages did not install, see the lines above"
  }
  rm -rf "$folder"/etc/{resolv.conf,hostname} "$folder"/etc/apt/{sources.list,sources.list.d} "$folder"/var/lib/apt/lists/*
}

# debian_packages FOLDER: package=version, one a line.
debian_packages() {
  # shellcheck disable=SC2016  # the dollars are for dpkg
  dpkg-query --admindir="$1/var/lib/dpkg" --show --showformat='${Package}=${Version}\n' | sort
}
