#!/bin/sh
# Build the Linux packages into dist/: a .deb, a tar.zst for a user without root, and SHA256SUMS.
# Called by `make package`. Two builds of one commit take the same time from its date.
set -eu
cd "$(dirname "$0")/../.."
python=.venv/bin/python
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH PYTHONHASHSEED=1 LC_ALL=C TZ=UTC
umask 022

version=$($python -c 'import connector_config; print(connector_config.__version__)')
work=build/linux
rm -rf "$work" dist
mkdir -p "$work" dist

echo "Putting the programs together (about two minutes)"
$python -m PyInstaller --noconfirm --log-level WARN \
    --distpath "$work/dist" --workpath "$work/work" packaging/zava.spec

share=$work/share
mkdir -p "$share/applications" "$share/metainfo" "$share/icons/hicolor/scalable/apps" "$share/man/man1" "$share/doc/zava"
cp packaging/linux/zava.desktop "$share/applications/"
cp packaging/linux/zava.metainfo.xml "$share/metainfo/"
cp app/ui/zava.svg "$share/icons/hicolor/scalable/apps/zava.svg"
cp LICENSE "$share/doc/zava/copyright"
gzip -9n <CHANGELOG.md >"$share/doc/zava/changelog.gz"
commands=$($python -c 'import tomllib
print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["scripts"])')
for command in $commands; do
    # Which command it is, the program sees by its name.
    [ "$command" = zava ] || ln -s zava "$work/dist/zava/$command"
    PYTHONPATH=. $python packaging/linux/manual.py "$command" | gzip -9n >"$share/man/man1/$command.1.gz"
done

# --- .deb ---
root=$work/root
mkdir -p "$root/opt" "$root/usr/bin" "$root/DEBIAN"
cp -R "$work/dist/zava" "$root/opt/zava"
cp -R "$share" "$root/usr/share"
for command in $commands; do
    ln -s "/opt/zava/$command" "$root/usr/bin/$command"
done
size=$(du -sk "$root" | cut -f1)
sed "s/@VERSION@/$version/; s/@SIZE@/$size/" packaging/linux/control >"$root/DEBIAN/control"
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zxz --build "$root" "dist/zava_${version}_amd64.deb" >/dev/null

# --- tar.zst ---
folder=zava-$version
mkdir -p "$work/$folder"
cp -R "$work/dist/zava" "$share" packaging/linux/install.sh packaging/linux/uninstall.sh "$work/$folder/"
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --zstd \
    -cf "dist/$folder-linux-x86_64.tar.zst" -C "$work" "$folder"

(cd dist && sha256sum -- * >SHA256SUMS)
ls -lh dist
