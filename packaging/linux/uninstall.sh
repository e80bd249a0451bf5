#!/bin/sh
# Remove what install.sh installed; the stores and settings of people stay where they are.
set -eu
prefix=${PREFIX:-$HOME/.local}
for link in "$prefix"/bin/zava*; do
    case $(readlink "$link" 2>/dev/null || true) in
        ../lib/zava/*) rm -f "$link" ;;
    esac
done
rm -rf "$prefix/lib/zava"
rm -f "$prefix/share/applications/zava.desktop" "$prefix"/share/metainfo/*.zava.metainfo.xml \
    "$prefix"/share/icons/hicolor/*/apps/zava.png "$prefix/share/icons/hicolor/scalable/apps/zava.svg" \
    "$prefix"/share/man/man1/zava*.1.gz
rm -rf "$prefix/share/doc/zava"
echo "Zava is removed. Its data, if any, is kept: \`zava doctor\` had said where."
