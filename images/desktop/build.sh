#!/usr/bin/env bash
# The research desktop: Xfce, R and Python from Debian packages, in two containers of one image (pod.yaml). build.sh OUT.tar
set -euo pipefail
out=$(realpath "$1")
cd "$(dirname "$0")"
source ../lib.sh
need jq=jq
[ "$(id -u)" = 0 ] || fail "the desktop image has to be built as root (chroot)"

display=(tigervnc-standalone-server tigervnc-tools)
# librsvg2-common draws the icons.
desktop=(xfwm4 xfce4-panel xfdesktop4 xfce4-session xfce4-settings xfce4-terminal thunar mousepad
  dbus-x11 xauth x11-utils x11-xserver-utils xclip procps
  elementary-xfce-icon-theme librsvg2-common fonts-open-sans fonts-dejavu-core fonts-liberation2)
# python3-tk shows Matplotlib's plots. BLAS and LAPACK are what R packages with Fortran link.
research=(r-base-core r-recommended libblas-dev liblapack-dev
  python3 python-is-python3 python3-venv python3-pip python3-pandas python3-scipy python3-matplotlib
  python3-tk python3-pil.imagetk
  gcc g++ gfortran make libc6-dev git less nano ca-certificates)
packages=("${display[@]}" "${desktop[@]}" "${research[@]}")

# Besides documentation: what comes with a package that is needed and that nobody here uses (Boost's headers alone are
# 160 MB), and menu entries with nothing behind them or with a better one in root/.
# PEP 668's marker keeps pip out of a system that Debian manages. Here the system is read-only and pip installs into the
# home, so the marker would only stand in the way.
excluded=('/usr/include/boost/*' '/usr/share/unicode/*' '/usr/share/backgrounds/*' '/usr/share/gtk-doc/*' '/usr/share/help/*'
  '/usr/bin/*lto-dump*' '/usr/lib/python3*/config-*/*.a' '/usr/lib/gcc/*/lib*san.a'
  '/usr/lib/*/blas/*.a' '/usr/lib/*/lapack/*.a' '/usr/lib/*/liblapack_pic.a'
  '/usr/share/applications/python3*.desktop' '/usr/share/applications/R.desktop'
  '/usr/share/applications/xfce4-web-browser.desktop' '/usr/share/applications/xfce4-mail-reader.desktop'
  '/etc/xdg/autostart/xscreensaver.desktop' '/usr/lib/python3*/EXTERNALLY-MANAGED')

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rootfs=$work/rootfs

step "installing ${#packages[@]} Debian packages and what they need (2 to 4 minutes)"
debian_rootfs "$rootfs" --include="$(IFS=,; echo "${packages[*]}")" \
  "${excluded[@]/#/--dpkgopt=path-exclude=}"
debian_packages "$rootfs" >"$work/packages.txt"

step "settings, users and caches (10 s)"
cp -a root/. "$rootfs/"
cat >>"$rootfs/etc/passwd" <<'END'
researcher:x:1000:1000:Researcher:/home/researcher:/bin/bash
display:x:1001:1001:Display:/tmp:/usr/sbin/nologin
END
printf '%s\n' researcher:x:1000: display:x:1001: workspace:x:2000: >>"$rootfs/etc/group"
install -d -o 1000 -g 1000 "$rootfs/home/researcher"
# shellcheck disable=SC2016,SC2028  # for the shell that reads it
echo 'PS1='"'"'\[\e]0;\w\a\]\w \$ '"'"'; alias ls="ls --color=auto"' >>"$rootfs/etc/bash.bashrc"
# D-Bus wants an id. Every workspace has the same one: it tells nobody anything.
echo 00000000000000000000000000c10157 >"$rootfs/etc/machine-id"
mkdir "$rootfs/etc/cloister"
HOME=/home/researcher chroot "$rootfs" Rscript -e 'cat(Sys.getenv("R_LIBS_USER"))' >"$rootfs/etc/cloister/r-library"
# Python's own test suites, 100 MB. dpkg could leave them out, but the packages' scripts insist on compiling them.
find "$rootfs/usr/lib/python3" -type d -name tests -prune -exec rm -rf {} +
rm -rf "$rootfs"/var/log/* "$rootfs"/var/lib/apt/lists/* "$rootfs"/var/cache/{apt,debconf,ldconfig}/* "$rootfs"/var/lib/dpkg/*-old

# The caches note the times of folders and files: give everything its final time first, the newest that a package brought,
# then make the caches. A cache that does not fit would be made anew at every start, in a home, in seconds.
SOURCE_DATE_EPOCH=$(find "$rootfs/usr/lib" -name '*.py' -printf '%Ts\n' | sort -n | tail -1)
export SOURCE_DATE_EPOCH
find "$rootfs" -xdev -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
chroot "$rootfs" fc-cache --really-force --system-only
for theme in "$rootfs"/usr/share/icons/*/index.theme; do
  chroot "$rootfs" gtk-update-icon-cache --force --quiet "${theme%/index.theme}" 2>/dev/null || true
done

step "packing (10 s)"
../pack.sh "cloister.dev/desktop:$version" "$rootfs" "$out" \
  '{"Cmd":["cloister-session"],"User":"1000:1000","WorkingDir":"/home/researcher","Env":["PATH=/usr/local/bin:/usr/bin:/bin","LANG=C.UTF-8"]}'
mv "$work/packages.txt" "${out%.tar}.packages.txt"
