#!/bin/sh
# Install Zava for this user, without root: into ~/.local, or below PREFIX.
set -eu
cd "$(dirname "$0")"
prefix=${PREFIX:-$HOME/.local}

# What its libraries ask for, as build.sh found it.
needed=2.35
have=$(getconf GNU_LIBC_VERSION 2>/dev/null | cut -d' ' -f2)
lowest=$(printf '%s\n%s\n' "${have:-0}" "$needed" | sort -V | head -n 1)
if [ "$lowest" != "$needed" ]; then
    echo "Zava needs glibc $needed or newer (such as Debian 12); this system has ${have:-another C library}." >&2
    exit 1
fi

mkdir -p "$prefix/lib" "$prefix/bin" "$prefix/share"
rm -rf "$prefix/lib/zava"
cp -R zava "$prefix/lib/zava"
cp -R share/. "$prefix/share/"
for command in zava/zava*; do
    name=$(basename "$command")
    if [ -f "$command" ]; then ln -sf "../lib/zava/$name" "$prefix/bin/$name"; fi
done
echo "Zava is in $prefix/lib/zava. Start it with: $prefix/bin/zava"
case :$PATH: in
    *":$prefix/bin:"*) ;;
    *) echo "$prefix/bin is not on the PATH of this shell." ;;
esac
