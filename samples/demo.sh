#!/usr/bin/env bash
# The demo: Cloister on a cluster, with the project of samples/oncology and one of its desktops in a browser.
#
#   samples/demo.sh up        everything; repeat it to put things back
#   samples/demo.sh install   the cluster's images and the charts only
#   samples/demo.sh info      addresses and sign-ins of the running demo, as JSON
#   samples/demo.sh down      removes it
#
# CLUSTER as in the Makefile: lab, or current for the cluster of your kubeconfig (helm and kubectl from PATH). There, the
# images of .lab/images have to be where the cluster finds them; HELM_ARGS says under which names.
set -euo pipefail
cd "$(dirname "$0")/.."

system=cloister-system
state=.lab/demo
page=6080
url="http://127.0.0.1:$page/vnc.html?autoconnect=1&resize=scale"
cluster=$(.ci/cluster name node)
lab() { [ "$cluster" = lab ]; }
if lab; then
  export KUBECONFIG=$PWD/.lab/run/admin.kubeconfig PATH=$PWD/.lab/bin:$PATH
fi

step() { echo "[$(date +%T)] $*"; }

install() {
  step "the operator's program (seconds; the first time a minute or two)"
  .ci/mvn -q -pl operator -am -DskipTests package
  step "container images (the first time about three minutes)"
  JAVA_HOME=$(.ci/jdk) images/build.sh
  local loaded=""
  if lab; then
    step "images to the node (the first time half a minute)"
    loaded=$(.lab/bin/lab load .lab/images/{probe,operator,desktop}.tar)
    echo "$loaded"
  fi
  step "the charts"
  kubectl get namespace $system >/dev/null 2>&1 || kubectl create namespace $system
  kubectl label --overwrite namespace $system pod-security.kubernetes.io/enforce=restricted >/dev/null
  # Tests may have brought the definitions before. Helm tells at each use that their chart has a link to crds/yaml.
  helm upgrade --install --take-ownership cloister-crds charts/cloister-crds -n $system \
    2> >(grep -v 'found symbolic link' >&2) >/dev/null
  # shellcheck disable=SC2086  # several arguments
  helm upgrade --install cloister charts/cloister -n $system ${HELM_ARGS:-} >/dev/null
  if grep -q 'operator.* imported' <<<"$loaded"; then
    kubectl -n $system rollout restart deployment/cloister-operator >/dev/null # a new image of the same name
  fi
  step "the operator starts (half a minute)"
  kubectl -n $system rollout status deployment/cloister-operator --timeout=180s
}

# The state of each resource on a line, and whether all are Ready for their present version.
states() {
  kubectl get researchprojects,workspaces -o json | jq -r '
    .items[] | . as $it | (.status.conditions // [] | map(select(.type == "Ready")) | first) as $ready |
    [.kind, .metadata.name, .status.state // "new",
     (if .status.observedGeneration == .metadata.generation then $ready.status else null end) // "Unknown",
     $ready.message // "not seen by the operator yet"] | @tsv' |
    grep -P '\t(oncology|oncology-alice|oncology-bob)\t'
}

wait_ready() {
  local now last=""
  for _ in $(seq 240); do
    now=$(states)
    if [ "$now" != "$last" ]; then
      while IFS=$'\t' read -r kind name status ready message; do
        grep -qF "$name"$'\t'"$status"$'\t'"$ready"$'\t'"$message" <<<"$last" ||
          step "  $kind $name: $status$([ "$ready" = True ] && echo ", ready"). $message"
      done <<<"$now"
      last=$now
    fi
    [ "$(cut -f4 <<<"$now" | sort -u)" = True ] && return
    grep -q '^ResearchProject.*Refused' <<<"$now" && return 1 # waiting changes nothing, and the line above says what does
    sleep 1
  done
  echo "Not ready after four minutes. What the operator said last:" >&2
  kubectl -n $system logs deployment/cloister-operator --tail=20 >&2
  return 1
}

# background NAME COMMAND... starts a process group of its own and notes its id.
background() {
  stop_background "$1"
  setsid "${@:2}" >"$state/$1.log" 2>&1 </dev/null &
  echo $! >"$state/$1.pid"
}

# stop_background NAME ends that group, unless its id has meanwhile gone to a process that is not ours.
stop_background() {
  local pid
  pid=$(cat "$state/$1.pid" 2>/dev/null) || return 0
  if tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qE 'websockify|demo\.sh'; then
    kill -- "-$pid"
  fi
  rm -f "$state/$1.pid"
}

# A port on the loopback to Alice's desktop, for the administrator alone, until there is a gateway. It comes back when the
# desktop was stopped and started.
forward() {
  while true; do
    kubectl -n project-oncology port-forward --address 127.0.0.1 job/desktop-oncology-alice 15901:5901 || true
    sleep 1
  done
}

open_desktop() {
  .ci/setup demo
  mkdir -p $state
  background forward samples/demo.sh forward
  background page websockify --web /usr/share/novnc 127.0.0.1:$page 127.0.0.1:15901
  # The server's first words are its protocol: only then there is a desktop behind the port.
  for _ in $(seq 60); do
    if [ "$(timeout 2 bash -c 'head -c 3 </dev/tcp/127.0.0.1/15901' 2>/dev/null)" = RFB ]; then
      kill -0 "$(cat $state/page.pid)" && return
    fi
    sleep 0.5
  done
  echo "The desktop does not answer; see $state/*.log" >&2
  return 1
}

up() {
  lab && make lab-up
  install
  step "the project: kubectl apply -f samples/oncology"
  kubectl apply -f samples/oncology
  # Not in the samples, because it belongs to whoever starts and stops a desktop.
  kubectl patch workspaces oncology-alice oncology-bob --type merge -p '{"spec": {"running": true}}' >/dev/null
  wait_ready
  open_desktop
  echo
  kubectl get researchprojects,workspaces
  cat <<END

Alice's desktop:  $url
                  for you as administrator alone: the sign-in of researchers comes with the gateway

It runs on: $(lab && echo "the lab on this machine, kubeconfig $KUBECONFIG" || echo "the cluster of your kubeconfig")
In the background: websockify, process $(cat $state/page.pid), and kubectl port-forward, process $(cat $state/forward.pid)
$(lab && echo "
For the commands below:
  export KUBECONFIG=$KUBECONFIG PATH=$PWD/.lab/bin:\$PATH")

Try next:
  Stop Bob's desktop; its home stays:
    kubectl patch workspace oncology-bob --type merge -p '{"spec": {"running": false}}'
  Let Alice's access end in one minute, and watch:
    kubectl patch researchproject oncology --type json -p '[{"op": "add", "path": "/spec/members/0/until", "value": "'\$(date -ud '+1 min' +%FT%TZ)'"}]'
    kubectl get workspaces --watch
  Open the network behind the operator's back, and see it closed again:
    kubectl -n project-oncology delete networkpolicy default-deny
    kubectl -n project-oncology get networkpolicies
  See what runs there, and what happened:
    kubectl -n project-oncology get jobs,pods,persistentvolumeclaims,resourcequotas
    kubectl events --for workspace/oncology-alice
  Put everything back: make demo. Remove everything: make demo-down
END
}

info() {
  kill -0 "$(cat $state/page.pid 2>/dev/null)" 2>/dev/null || { echo "The demo does not run; start it with: make demo" >&2 && exit 1; }
  jq -n --arg cluster "$cluster" --arg kubeconfig "${KUBECONFIG:-$HOME/.kube/config}" --arg desktop "$url" \
    '{$cluster, $kubeconfig, gateway: null, $desktop, signIns: []}'
}

down() {
  stop_background page
  stop_background forward
  if lab; then
    make lab-down
    return
  fi
  # While the operator still runs, because it lets go of its resources.
  kubectl delete --ignore-not-found --timeout=60s -f samples/oncology
  helm uninstall --ignore-not-found cloister -n $system
  helm uninstall --ignore-not-found cloister-crds -n $system
  # The operator never deletes a namespace, because of the data there. This data is the demo's.
  kubectl delete --ignore-not-found namespace project-oncology $system
  echo "Kept: the definitions of the API, because with them every other project would go. See: kubectl get cloister"
}

case ${1:-} in
  up | install | info | down | forward) "$1" ;;
  *) sed -n '2,10s/^# \{0,1\}//p' "$0" && exit 1 ;;
esac
