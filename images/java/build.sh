#!/usr/bin/env bash
# The image of a Quarkus program: a Java runtime of what programs need (jlink), glibc, the program. No shell, no package
# manager; runs as uid 10001 on a read-only root filesystem, and wants a writable /tmp.
#
#   build.sh NAME APP_DIR OUT.tar      APP_DIR is the target/quarkus-app that Maven makes
set -euo pipefail
name=$1 app=$2 out=$(realpath "$3")
[ -f "$app/quarkus-run.jar" ] || {
  echo "images: $app has no quarkus-run.jar, run: make $name" >&2
  exit 1
}
app=$(realpath "$app")
cd "$(dirname "$0")"
source ../lib.sh
need jq=jq mmdebstrap=mmdebstrap
jdk=${JAVA_HOME:-/usr/lib/jvm/temurin-25-jdk-amd64}
grep -qs '^JAVA_VERSION="25' "$jdk/release" || fail "the Java images need a JDK 25: set JAVA_HOME, or install temurin-25-jdk"

# java.se, and: sun.misc.Unsafe for Netty, elliptic curves, memory and processor figures, zip file systems for Quarkus'
# class loader, DNS through JNDI, socket options, flight recordings.
modules=java.se,jdk.unsupported,jdk.crypto.ec,jdk.management,jdk.zipfs,jdk.naming.dns,jdk.net,jdk.jfr

# One base for all programs, made again when this recipe or the JDK changes.
base=$(dirname "$out")/java-base
made_from=$(cat build.sh ../lib.sh "$jdk/release" | sha256sum)
if [ "$made_from" != "$(cat "$base/made-from" 2>/dev/null)" ]; then
  rm -rf "$base"
  mkdir -p "$base"
  step "glibc from Debian (15 s)"
  # Extracted, not installed: nothing of it runs at the build, and no shell or dpkg comes along.
  # shellcheck disable=SC2016  # these dollars are for the shell and the dpkg-deb of the hook
  debian_rootfs "$base/rootfs" --variant=extract --include=libc6 --extract-hook='
    for deb in "$1"/var/cache/apt/archives/*.deb; do dpkg-deb --show --showformat "\${Package}=\${Version}\n" "$deb"; done >"$1/packages.txt"'
  mv "$base/rootfs/packages.txt" "$base/packages.txt"
  rm -rf "$base"/rootfs/{var,usr/lib/x86_64-linux-gnu/gconv,usr/share/{doc/*/[!c]*,lintian,perl5},etc/apt,etc/dpkg}
  step "a Java runtime with jlink (20 s)"
  # The archive of loaded classes (CDS) makes up for the time that compressed modules cost at the start.
  "$jdk/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages --compress zip-6 \
    --generate-cds-archive --output "$base/rootfs/opt/java" >"$base/jlink.log" || fail "jlink failed, see $base/jlink.log"
  mkdir -p "$base/rootfs/etc" "$base/rootfs/tmp"
  chmod 1777 "$base/rootfs/tmp"
  echo 'app:x:10001:10001::/tmp:/usr/sbin/nologin' >"$base/rootfs/etc/passwd"
  echo 'app:x:10001:' >"$base/rootfs/etc/group"
  echo 'hosts: files dns' >"$base/rootfs/etc/nsswitch.conf"
  echo "$made_from" >"$base/made-from"
fi

work=$(mktemp -d "$out.XXXXXX") # beside the base, for the hard links
trap 'rm -rf "$work"' EXIT
cp -al "$base/rootfs" "$work/rootfs"
cp -a --no-preserve=ownership "$app" "$work/rootfs/app"
../pack.sh "cloister.dev/$name:$version" "$work/rootfs" "$out" \
  '{"Entrypoint":["/opt/java/bin/java","-jar","/app/quarkus-run.jar"],"WorkingDir":"/app","User":"10001:10001",
    "Env":["JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=/tmp -XX:MaxRAMPercentage=70 -XX:+ExitOnOutOfMemoryError"]}'
{
  sed -nE 's/^JAVA_RUNTIME_VERSION="(.*)"/java=\1/p' "$jdk/release"
  cat "$base/packages.txt"
  find "$work/rootfs/app/lib" -name '*.jar' -printf '%f\n' | sed -E 's/^(.*)-([0-9].*)\.jar$/\1=\2/' | sort
} >"${out%.tar}.packages.txt"
