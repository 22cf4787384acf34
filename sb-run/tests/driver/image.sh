#!/bin/sh
# Makes a small image out of this machine's own programs, so that no registry is needed:
#   base.sh IMAGE PROGRAM...
# `python3` brings its standard library. Needs docker (or $SB_ENGINE), ldd and tar.
set -eu
image=$1
shift
engine=${SB_ENGINE:-docker}
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/bin" "$root/tmp" "$root/root" "$root/etc" "$root/proc" "$root/dev"
chmod 1777 "$root/tmp"
echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"

# A program and the libraries it is linked with, at their own paths.
library() {
  [ -e "$root$1" ] || { mkdir -p "$root$(dirname "$1")" && cp -L "$1" "$root$1"; }
}
libraries() {
  ldd "$1" 2>/dev/null | grep -o '/[^ ]*' | while read -r path; do library "$path"; done
}
for program; do
  path=$(readlink -f "$(env which "$program")")
  if [ "$program" = python3 ]; then
    path=$(readlink -f "$(python3 -c 'import sys; print(sys.executable)')")
    lib=$(python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')
    mkdir -p "$root$lib"
    (cd "$lib" && tar -cf - --exclude=__pycache__ --exclude=site-packages --exclude=dist-packages \
      --exclude=test --exclude=tests --exclude='config-*' --exclude=idlelib --exclude='*.a' .) | tar -xf - -C "$root$lib"
    for module in "$lib"/lib-dynload/*.so; do libraries "$module"; done
    mkdir -p "$root$(dirname "$path")"
    cp "$path" "$root$path"
    printf '#!/bin/sh\nexec %s "$@"\n' "$path" >"$root/bin/python3"
    chmod +x "$root/bin/python3"
  else
    cp "$path" "$root/bin/$program"
  fi
  libraries "$path"
done
tar -cf - -C "$root" . | "$engine" import --change 'ENV PATH=/bin' - "$image" >/dev/null
