#!/usr/bin/env bash
# The operator.   build.sh OUT.tar
set -euo pipefail
here=$(dirname "$0")
exec "$here/../java/build.sh" operator "$here/../../operator/target/quarkus-app" "$1"
