#!/bin/sh
# Build the Linux packages into dist/: a .deb, a tar.zst for a user without root, and SHA256SUMS.
# Called by `make package`. What makes two builds of one commit the same, and what may differ: docs/packages.md.
#
# SCREENSHOTS_URL is the address of a folder in which the pictures of packaging/pictures are published, for the
# description that software centres show; without one it has no pictures, because it may not name files.
set -eu
cd "$(dirname "$0")/../.."
python=.venv/bin/python
# What the programs are made of is looked for here first, wherever .venv has its editable install.
PYTHONPATH=$(pwd)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export PYTHONPATH SOURCE_DATE_EPOCH PYTHONHASHSEED=1 PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8 TZ=UTC
umask 022

version=$($python -c 'import connector_config; print(connector_config.__version__)')
work=build/linux
rm -rf "$work" dist
mkdir -p "$work" dist

echo "Putting the programs together (about two minutes)"
$python -m PyInstaller --noconfirm --log-level WARN \
    --distpath "$work/dist" --workpath "$work/work" packaging/zava.spec
# The modes are those of whoever installed .venv, under another umask maybe; there is one program.
find "$work/dist" -type d -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
chmod 755 "$work/dist/zava/zava"

# The newest glibc that anything in it asks for: 2.35 is the Ditto SDK's, more comes from the system that builds.
glibc=$({ echo GLIBC_2.35; grep -rhaoE 'GLIBC_2\.[0-9]+' "$work/dist"; } | sort -Vu | tail -n 1)
glibc=${glibc#GLIBC_}
echo "It runs with glibc $glibc and newer."

share=$work/share
mkdir -p "$share/applications" "$share/metainfo" "$share/icons/hicolor" "$share/man/man1" "$share/doc/zava"
cp packaging/linux/zava.desktop "$share/applications/"
pictures=
if [ -n "${SCREENSHOTS_URL:-}" ]; then
    for picture in packaging/pictures/*.png; do
        name=$(basename "$picture")
        pictures="$pictures<screenshot type=\"${pictures:+extra}\"><image>$SCREENSHOTS_URL/$name</image></screenshot>"
    done
    pictures=$(echo "<screenshots>$pictures</screenshots>" | sed 's/type=""/type="default"/; s/ type="extra"//g')
fi
sed "s|  <!-- Screenshots .*-->|  $pictures|; /^ *$/d" packaging/linux/zava.metainfo.xml \
    >"$share/metainfo/invalid.example.zava.metainfo.xml"
$python packaging/linux/icons.py "$share/icons/hicolor"
cp LICENSE "$share/doc/zava/copyright"
gzip -9n <CHANGELOG.md >"$share/doc/zava/CHANGELOG.md.gz"
# Of a package, in Debian's form.
printf 'zava (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md.gz.\n\n -- %s  %s\n' "$version" \
    "$(sed -n 's/^Maintainer: //p' packaging/linux/control)" "$(date -Rud "@$SOURCE_DATE_EPOCH")" |
    gzip -9n >"$share/doc/zava/changelog.gz"
commands=$($python -c 'import tomllib
print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["scripts"])')
for command in $commands; do
    # Which command it is, the program sees by its name.
    [ "$command" = zava ] || ln -s zava "$work/dist/zava/$command"
    $python packaging/linux/manual.py "$command" | gzip -9n >"$share/man/man1/$command.1.gz"
done

# --- .deb ---
root=$work/root
mkdir -p "$root/opt" "$root/usr/bin" "$root/DEBIAN"
cp -R "$work/dist/zava" "$root/opt/zava"
cp -R "$share" "$root/usr/share"
mkdir -p "$root/usr/share/lintian/overrides"
cp packaging/linux/overrides "$root/usr/share/lintian/overrides/zava"
for command in $commands; do
    ln -s "/opt/zava/$command" "$root/usr/bin/$command"
done
# In the unit of the field, whatever the blocks of this disk: each file in whole KiB, and one for all else.
size=$(find "$root" -path "$root/DEBIAN" -prune -o -type f -printf '%s\n' -o -printf '1\n' |
    awk '{ sum += int(($1 + 1023) / 1024) } END { print sum }')
needed=$(awk '$3 == "run" && !seen[$2]++ { printf "%s%s", sep, $2; sep = ", " }' app/config/system_libraries.txt)
sed "s/@VERSION@/$version/; s/@SIZE@/$size/; s/@GLIBC@/$glibc/; s/@LIBRARIES@/$needed/" packaging/linux/control \
    >"$root/DEBIAN/control"
(cd "$root" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | sort -z | xargs -0 md5sum) \
    >"$work/md5sums"
mv "$work/md5sums" "$root/DEBIAN/md5sums"
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zxz --build "$root" "dist/zava_${version}_amd64.deb" >/dev/null

# --- tar.zst ---
folder=zava-$version
mkdir -p "$work/$folder"
cp -R "$work/dist/zava" "$share" packaging/linux/uninstall.sh "$work/$folder/"
sed "s/^needed=.*/needed=$glibc/" packaging/linux/install.sh >"$work/$folder/install.sh"
chmod 755 "$work/$folder/install.sh" "$work/$folder/uninstall.sh"
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --zstd \
    -cf "dist/$folder-linux-x86_64.tar.zst" -C "$work" "$folder"

(cd dist && sha256sum -- * >SHA256SUMS)
ls -lh dist
