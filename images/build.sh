#!/usr/bin/env bash
# Builds the container images whose recipe or inputs changed since the last build, as archives for `ctr images import`.
#
#   images/build.sh [name...]      all images, or the named ones
#
# Result: $CLOISTER_LAB_DIR/images/NAME.tar (default .lab/images), and beside it NAME.packages.txt: what is inside.
# An image is named cloister.dev/NAME:$CLOISTER_VERSION (default dev).
set -euo pipefail
cd "$(dirname "$0")/.."
source images/lib.sh
need jq=jq flock=util-linux

out=${CLOISTER_LAB_DIR:-.lab}/images
names=("$@")
[ ${#names[@]} -gt 0 ] || names=(probe desktop operator)
mkdir -p "$out"
exec 9>"$out/.lock"
flock 9 # one build at a time: two would only share the processor

# recipe NAME: a hash of everything that a build reads, network aside: the recipe, the shared scripts, and the files
# and folders that images/NAME/inputs.txt names.
recipe() {
  local inputs=()
  [ -f "images/$1/inputs.txt" ] && mapfile -t inputs <"images/$1/inputs.txt"
  {
    echo "$version"
    find "images/$1" images/*.sh "${inputs[@]}" -type f -print0 2>/dev/null | sort -z | xargs -0 sha256sum
  } | sha256sum | cut -d' ' -f1
}

for name in "${names[@]}"; do
  [ -x "images/$name/build.sh" ] || fail "there is no image $name, expected a recipe in images/$name/build.sh"
  recipe=$(recipe "$name")
  if [ -f "$out/$name.tar" ] && [ "$recipe" = "$(cat "$out/$name.recipe" 2>/dev/null)" ]; then
    step "$name: unchanged"
    continue
  fi
  step "$name: building"
  started=$SECONDS
  "images/$name/build.sh" "$out/$name.tar"
  echo "$recipe" >"$out/$name.recipe"
  step "$name: $out/$name.tar, $(du -m "$out/$name.tar" | cut -f1) MB, in $((SECONDS - started)) s"
done
