#!/bin/sh
# Build Zava.app and a disk image of it into dist/, on a Mac with Apple Silicon, from a checkout after `make venv`.
#
# NOT RUN: it was written without a Mac. What PyInstaller does is what it does on Linux; the bundle, its signature and
# the image have not been seen by anybody.
#
#   SIGN_AS="Developer ID Application: …" sh packaging/macos/build.sh     sign it for other people's Macs
#   NOTARY_PROFILE=name …                                                and let Apple look at it (notarytool)
#
# Without SIGN_AS it is signed ad hoc, as Apple Silicon wants of every program: it runs on this Mac only.
set -eu
cd "$(dirname "$0")/../.."
if [ "$(uname -sm)" != "Darwin arm64" ]; then
    echo "Zava.app is built on a Mac with Apple Silicon; this is $(uname -sm)." >&2
    exit 1
fi
python=.venv/bin/python
PYTHONPATH=$(pwd)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
SIGN_AS=${SIGN_AS:-}
export PYTHONPATH SOURCE_DATE_EPOCH PYTHONHASHSEED=1 LC_ALL=C TZ=UTC SIGN_AS
version=$($python -c 'import connector_config; print(connector_config.__version__)')
work=build/macos
rm -rf "$work" dist
mkdir -p "$work/zava.iconset" dist

# The icon: a set of PNGs from the one SVG, which iconutil puts together.
$python packaging/linux/icons.py "$work/icons"
for size in 16 32 128 256 512; do
    cp "$work/icons/${size}x${size}/apps/zava.png" "$work/zava.iconset/icon_${size}x${size}.png"
done
cp "$work/icons/32x32/apps/zava.png" "$work/zava.iconset/icon_16x16@2x.png"
cp "$work/icons/64x64/apps/zava.png" "$work/zava.iconset/icon_32x32@2x.png"
cp "$work/icons/256x256/apps/zava.png" "$work/zava.iconset/icon_128x128@2x.png"
cp "$work/icons/512x512/apps/zava.png" "$work/zava.iconset/icon_256x256@2x.png"
iconutil --convert icns --output "$work/zava.icns" "$work/zava.iconset"

echo "Putting Zava.app together (about two minutes)"
ZAVA_ICNS=$work/zava.icns $python -m PyInstaller --noconfirm --log-level WARN \
    --distpath "$work/dist" --workpath "$work/work" packaging/zava.spec
codesign --verify --deep --strict "$work/dist/Zava.app"

image=dist/Zava-$version-arm64.dmg
# dmgbuild is for macOS only, so it is no part of the locked environment.
"${DMGBUILD:-dmgbuild}" -s packaging/macos/dmg.py -D app="$work/dist/Zava.app" "Zava $version" "$image"
if [ -n "$SIGN_AS" ]; then
    codesign --sign "$SIGN_AS" --timestamp "$image"
    if [ -n "${NOTARY_PROFILE:-}" ]; then
        xcrun notarytool submit "$image" --keychain-profile "$NOTARY_PROFILE" --wait
        xcrun stapler staple "$image"
    fi
fi
(cd dist && shasum -a 256 -- * >SHA256SUMS)
ls -lh dist
