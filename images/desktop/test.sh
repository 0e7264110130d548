#!/usr/bin/env bash
# Runs the packed desktop image as its two containers, and checks what the entry points and pod.yaml promise.
#
#   test.sh         with runc alone, as root: needs no cluster (all but seccomp is as in pod.yaml)
#   test.sh --lab   as pod.yaml says, in the lab's cluster, in a namespace of its own under Pod Security "restricted"
# shellcheck disable=SC2016  # the dollars in single quotes are for the shell in the container
set -euo pipefail
cd "$(dirname "$0")"
source ../lib.sh
lab=${CLOISTER_LAB_DIR:-../../.lab}
archive=$lab/images/desktop.tar
[ -f "$archive" ] || fail "$archive is missing, run images/build.sh desktop"
work=$(mktemp -d)
passed=0 failed=0

check() { # check TEXT COMMAND...: the command has to succeed
  local text=$1
  shift
  if "$@" >"$work/output" 2>&1 </dev/null; then
    passed=$((passed + 1)) && echo "  ok      $text"
  else
    failed=$((failed + 1)) && echo "  FAILED  $text" && sed 's/^/          /' "$work/output" | tail -15
  fi
}
refused() { ! "$@"; }
within() { # within SECONDS COMMAND...: waits until the command succeeds
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || return 1
    sleep 0.05
  done
}
milliseconds() { echo $(($(date +%s%N) / 1000000)); }

# --- Two ways to run the containers. Each has: prepare, start IN OUT, enter CONTAINER COMMAND..., log_of_session,
# --- crash_display, stop, clean.
if [ "${1:-}" = --lab ]; then
  namespace=desktop-test
  k() { "$lab/bin/kubectl" --kubeconfig "$lab/run/admin.kubeconfig" -n "$namespace" "$@"; }
  prepare() {
    step "loading the image into the lab (1 minute)"
    "$lab/bin/lab" load "$archive"
    k create namespace "$namespace"
    k label namespace "$namespace" pod-security.kubernetes.io/enforce=restricted >/dev/null
    within 10 k get serviceaccount default
  }
  start() {
    sed -e "/CLIPBOARD_IN$/{n;s/false/$1/}" -e "/CLIPBOARD_OUT$/{n;s/false/$2/}" pod.yaml | k apply -f - >/dev/null
  }
  enter() { k exec -i desktop -c "$1" -- "${@:2}"; }
  log_of_session() { k logs desktop -c session; }
  crash_display() { enter display kill -SEGV 1; }
  stop() { k delete pod desktop --wait >/dev/null; }
  clean() { k delete namespace "$namespace" --wait=false >/dev/null; }
else
  [ "$(id -u)" = 0 ] || fail "runc needs root here; or run test.sh --lab"
  need runc=runc jq=jq unshare=util-linux ip=iproute2
  id=desktop-test-$$
  prepare() {
    step "unpacking the image (20 s)"
    mkdir "$work/rootfs"
    tar -xOf "$archive" layer.tar | tar -x -C "$work/rootfs"
    # One network for both containers, with nothing in it but themselves.
    unshare -n sh -c 'ip link set lo up && exec sleep infinity' &
    network=$!
    for folder in x11 display-tmp session-tmp home; do volume "$folder"; done
  }
  volume() { rm -rf "${work:?}/$1" && mkdir "$work/$1" && chgrp 2000 "$work/$1" && chmod 2777 "$work/$1"; } # as fsGroup does
  run() { # run CONTAINER UID X11-OPTION [ENV...]
    mkdir -p "$work/$1"
    jq -n --arg name "$1" --argjson uid "$2" --arg x11 "$3" --arg work "$work" --arg net "/proc/$network/ns/net" '
      def volume($path; $source; $mode): {destination: $path, type: "bind", source: ($work + "/" + $source), options: ["bind", $mode]};
      {ociVersion: "1.0.2", hostname: "workspace", root: {path: ($work + "/rootfs"), readonly: true},
       process: {args: ["cloister-" + $name], cwd: "/home/researcher", noNewPrivileges: true, capabilities: {},
         user: {uid: $uid, gid: $uid, additionalGids: [2000]},
         env: (["PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8"] + $ARGS.positional)},
       mounts: ([{destination: "/proc", type: "proc", source: "proc"},
         {destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "mode=755"]},
         {destination: "/dev/pts", type: "devpts", source: "devpts", options: ["newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]},
         {destination: "/dev/shm", type: "tmpfs", source: "shm"},
         volume("/tmp"; $name + "-tmp"; "rw"), volume("/tmp/.X11-unix"; "x11"; $x11)]
         + if $name == "session" then [volume("/home/researcher"; "home"; "rw")] else [] end),
       linux: {namespaces: [{type: "pid"}, {type: "ipc"}, {type: "uts"}, {type: "mount"}, {type: "network", path: $net}]}}' \
      --args "${@:4}" >"$work/$1/config.json"
    runc run --detach --bundle "$work/$1" "$id-$1" </dev/null >>"$work/$1/log" 2>&1
  }
  start() {
    displayed=("CLOISTER_CLIPBOARD_IN=$1" "CLOISTER_CLIPBOARD_OUT=$2")
    run display 1001 rw "${displayed[@]}"
    run session 1000 ro
  }
  enter() { timeout 60 runc exec "$id-$1" "${@:2}"; }
  log_of_session() { cat "$work/session/log"; }
  crash_display() {
    runc kill "$id-display" KILL
    within 5 runc delete "$id-display"
    run display 1001 rw "${displayed[@]}" # what restartPolicy does
  }
  stop() { # as the kubelet does: TERM, and KILL after the grace period
    local name
    for name in display session; do runc kill "$id-$name" TERM || true; done # the session may end with the display
    for name in display session; do
      within 5 runc delete "$id-$name" || runc delete --force "$id-$name"
      : >"$work/$name/log"
      volume "$name-tmp"
    done
    volume x11
  }
  clean() {
    runc delete --force "$id-display" 2>/dev/null || true
    runc delete --force "$id-session" 2>/dev/null || true
    kill "$network"
  }
fi
trap 'clean || true; rm -rf "$work"' EXIT

session() { enter session env DISPLAY=:1 "$@"; }
script() { session bash -euc "$1"; }
banner() { script 'exec 3<>/dev/tcp/127.0.0.1/5901; read -r -t 2 -N 12 text <&3; [[ $text == "RFB 003.008"* ]]'; }
desktop_is_up() { script 'pgrep -x xfce4-panel && pgrep -x xfdesktop'; }
sessions_started() { [ "$(log_of_session | grep -c 'session started')" -ge "$1" ]; }
# vncconfig exits 0 also when it was refused: the value tells.
stays_off() { script "vncconfig -set $1=1 || true; [ \"\$(vncconfig -get $1)\" = 0 ]"; }
clipboard() { enter session python3 - "$1" <test_clipboard.py; } # "in", "out", or both, of what passes

prepare
started=$(milliseconds)
start false false
within 60 banner || true
echo "  RFB answered after $(($(milliseconds) - started)) ms"
check "the RFB port answers" banner
check "the desktop comes up" within 30 desktop_is_up
echo "  the desktop was up after $(($(milliseconds) - started)) ms"

for container in display session; do
  check "$container: no capability, no new privileges, read-only system" enter "$container" sh -c \
    'grep -q "^CapBnd:.0000000000000000$" /proc/1/status && grep -q "^NoNewPrivs:.1$" /proc/1/status && ! touch /usr/x 2>/dev/null'
done
check "the session cannot write the folder of the X socket" refused session touch /tmp/.X11-unix/X2
check "the session cannot remove the X socket" refused session rm -f /tmp/.X11-unix/X1
check "the session cannot move the folder of the X socket away" refused session mv /tmp/.X11-unix /tmp/away
check "no abstract X socket" script '! grep -q @/tmp/.X11-unix /proc/net/unix'
for parameter in AcceptCutText SendCutText SetPrimary SendPrimary; do
  check "the session cannot switch $parameter on" stays_off "$parameter"
done
check "the session cannot allow itself overrides" script \
  'vncconfig -set AllowOverride=AcceptCutText,SendCutText || true; [ -z "$(vncconfig -get AllowOverride)" ]'
check "off, off: no text passes" clipboard ""

check "Python: pandas, SciPy, Matplotlib" script 'cd; python -c "import pandas, scipy.stats, matplotlib; print(pandas.__version__)"'
check "Matplotlib opens windows, and writes PDF" script 'cd; python -c "
import matplotlib.pyplot as plot
plot.plot([1, 2]); plot.savefig(\"/tmp/a.pdf\"); assert plot.get_backend() == \"TkAgg\", plot.get_backend()"'
check "plain pip install works, and is found" script '
  cd /tmp; python - <<END
import zipfile
with zipfile.ZipFile("hello-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr("hello.py", "def main(): print(42)")
    wheel.writestr("hello-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: hello\nVersion: 1.0\n")
    wheel.writestr("hello-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    wheel.writestr("hello-1.0.dist-info/entry_points.txt", "[console_scripts]\nhello = hello:main\n")
    wheel.writestr("hello-1.0.dist-info/RECORD", "")
END
  pip install --no-index ./hello-1.0-py3-none-any.whl; cd; python -c "import hello"; [ "$(~/.local/bin/hello)" = 42 ]'
check "a virtual environment works too" script 'cd /tmp; python -m venv --without-pip v; v/bin/python -c 1'
check "R calculates" script '[ "$(Rscript -e "cat(1)")" = 1 ]'
check "R draws" script 'cd /tmp; Rscript -e "png(\"a.png\"); plot(1); invisible(dev.off()); x11(); plot(1)"'
check "R installs a package with C and Fortran, asking nothing" script '
  mkdir -p /tmp/hi/src; cd /tmp/hi
  printf "Package: hi\nVersion: 1.0\nTitle: T\nDescription: D.\nAuthor: A\nMaintainer: A <a@example.org>\nLicense: Apache-2.0\n" >DESCRIPTION
  echo "useDynLib(hi)" >NAMESPACE
  echo "int hi(void) { return 1; }" >src/hi.c
  printf "      subroutine f\n      call dgetrf\n      end\n" >src/f.f
  echo "PKG_LIBS = \$(LAPACK_LIBS) \$(BLAS_LIBS) \$(FLIBS)" >src/Makevars
  cd /tmp; Rscript -e "install.packages(\"/tmp/hi\", repos = NULL, type = \"source\")"; Rscript -e "library(hi)"'
check "gcc and g++ compile" script 'cd /tmp; echo "int main() { return 0; }" | tee a.c >a.cc; gcc -o a a.c; ./a; g++ -o b a.cc; ./b'
check "git works" script 'cd /tmp; git init -q repository'

# A log-out. It is a fresh session only when nothing of the old one lives on.
script 'setsid sleep 987 </dev/null >/dev/null 2>&1 &'
sleep 5 # a session shorter than this counts as broken
check "a log-out is possible" script '
  export "$(tr "\0" "\n" </proc/$(pgrep -x xfce4-panel)/environ | grep ^DBUS_SESSION)"; xfce4-session-logout --logout --fast'
check "a log-out brings a fresh session" within 20 sessions_started 2
check "the fresh session has a desktop" within 20 desktop_is_up
check "nothing of the old session lives on" refused script 'pgrep -f "sleep 987"'
check "what programs print is kept in the home" script '[ -s ~/.xsession-errors ]'

sleep 5
crash_display
check "the display comes back after a crash" within 30 banner
check "and the desktop with it" within 30 sessions_started 3
check "and the panel with it" within 30 desktop_is_up

stopping=$(milliseconds)
stop
stopping=$(($(milliseconds) - stopping))
echo "  stopped after $stopping ms, of a grace period of 5000" # told, not judged: the machine may be busy

for allowed in "true false in" "false true out" "true true in,out" "yes 1 "; do
  IFS=' ' read -r paste copy passes <<<"$allowed"
  start "$paste" "$copy"
  within 60 banner || true
  within 30 desktop_is_up || true
  check "clipboard in=$paste out=$copy: passes ${passes:-nothing}" clipboard "$passes"
  stop
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
