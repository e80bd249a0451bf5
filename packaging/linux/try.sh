#!/bin/sh
# Try what `make package` built as somebody would who has nothing but it: look it over (lintian, appstreamcli,
# desktop-file-validate), install the .deb into a clean Debian, ask for the versions, doctor and the tour, and search
# for a product in a real window on a virtual screen.
#
#   sh packaging/linux/try.sh [FOLDER]     FOLDER is kept, with the pictures; without one a temporary one is used
#
# As root it installs what it needs by apt. What cannot be had here is said in a sentence and left out: without root,
# apt or a mirror of Debian the package is unpacked and runs on the libraries of this system.
set -eu
cd "$(dirname "$0")/../.."
package=$(ls dist/zava_*_amd64.deb)
version=$(dpkg-deb -f "$package" Version)

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$@" >&2; exit 1; }

# Mounts of its own, which end with it.
if [ "$(id -u)" = 0 ] && [ -z "${ZAVA_TRY_APART:-}" ] && unshare --mount true 2>/dev/null; then
    ZAVA_TRY_APART=1 exec unshare --mount sh "$0" "$@"
fi

folder=${1:-}
if [ -z "$folder" ]; then folder=$(mktemp -d); else mkdir -p "$folder"; fi
folder=$(cd "$folder" && pwd)
chmod 755 "$folder"
started=
clean_up() {
    for one in $started; do kill "$one" 2>/dev/null || true; done
    if [ -n "$mounted" ]; then umount "$root/proc" 2>/dev/null || true; fi
    if [ $# = 0 ]; then rm -rf "$folder"; fi
}
root=$folder/root
mounted=
if [ -z "${1:-}" ]; then trap 'clean_up' EXIT; else trap 'clean_up kept' EXIT; fi

have() { # PROGRAM PACKAGE; whether the program is here, after apt has tried to bring it
    if command -v "$1" >/dev/null; then return; fi
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        [ -n "${updated:-}" ] || apt-get update -q >"$folder/apt.log" 2>&1 || true
        updated=yes
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$2" \
            >>"$folder/apt.log" 2>&1 </dev/null || true
    fi
    command -v "$1" >/dev/null || { say "Left out here: $1 (package $2) cannot be had."; return 1; }
}

# --- looked over -------------------------------------------------------------------------------------------------

if have lintian lintian; then
    said=$(lintian --fail-on error,warning,info --display-info --allow-root "$package") || fail "lintian:" "$said"
    say "lintian has nothing to say."
fi
look=$folder/look
rm -rf "$look"
mkdir "$look"
dpkg-deb --fsys-tarfile "$package" | tar -x -C "$look" ./usr
if have appstreamcli appstream; then
    # --no-net: the address of the pictures is whoever's who publishes.
    appstreamcli validate --no-net "$look"/usr/share/metainfo/*.xml
fi
if have desktop-file-validate desktop-file-utils; then
    desktop-file-validate "$look/usr/share/applications/zava.desktop"
fi
start=$(sed -n 's/^Exec=//p' "$look/usr/share/applications/zava.desktop")
rm -rf "$look"

# --- a clean root ------------------------------------------------------------------------------------------------

rm -rf "$root"
clean() { # whether a Debian with nothing but the package could be made
    [ "$(id -u)" = 0 ] && have debootstrap debootstrap || return 1
    # This Debian, else the oldest one that it runs on, from the mirror that apt uses here.
    release=$(. /etc/os-release && [ "$ID" = debian ] && echo "${VERSION_CODENAME:-}") || release=
    mirror=$(apt-get indextargets --format '$(SITE) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
        awk '$2 == "main" && /debian\/? / { print $1; exit }')
    [ -n "$mirror" ] || return 1
    say "Making a clean Debian ${release:=bookworm}"
    debootstrap --variant=minbase "$release" "$root" "$mirror" \
        >"$folder/debootstrap.log" 2>&1 || { tail -n 3 "$folder/debootstrap.log"; return 1; }
    mount -t proc proc "$root/proc" && mounted=yes || return 1
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod 755 "$root/usr/sbin/policy-rc.d"
    cp "$package" "$root/tmp/"
    chroot "$root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
        apt-get install -y -q --no-install-recommends "/tmp/$(basename "$package")" >"$folder/install.log" 2>&1 </dev/null ||
        fail "The package cannot be installed:" "$(tail -n 20 "$folder/install.log")"
    chroot "$root" useradd --create-home tester
    mkdir -p "$root/dev/shm"
    chmod 1777 "$root/dev/shm"
}
home=/home/tester
if clean; then
    as_tester() { # VARIABLE=VALUE... PROGRAM ARGUMENT...; as a user who has nothing yet
        chroot --userspec=tester:tester "$root" /usr/bin/env -i -C "$home" HOME="$home" LANG=C.UTF-8 \
            PATH=/usr/local/bin:/usr/bin:/bin "$@"
    }
    inside=$root
else
    say "No clean Debian can be made here, so the package is unpacked and runs on this system."
    rm -rf "$root"
    dpkg-deb -x "$package" "$root"
    home=$folder/home inside=
    mkdir -p "$home"
    as_tester() {
        env -i -C "$home" HOME="$home" LANG=C.UTF-8 PATH="$root/opt/zava:$root/usr/local/bin:/usr/bin:/bin" "$@"
    }
fi

# --- what it says ------------------------------------------------------------------------------------------------

for command in $(find "$root/usr/bin" -type l -lname '/opt/zava/*' -printf '%f ' | tr ' ' '\n' | sort); do
    said=$(as_tester "$command" --version)
    [ "$said" = "$command $version" ] || fail "$command --version says: $said"
done
as_tester QT_QPA_PLATFORM=offscreen zava doctor

# What it starts has the libraries of the system.
mkdir -p "$root/usr/local/bin"
printf '#!/bin/sh\necho "${LD_LIBRARY_PATH-none}" >"%s/libraries"\nexit 1\n' "$home" >"$root/usr/local/bin/mongod"
chmod 755 "$root/usr/local/bin/mongod"
as_tester zava-seed serve --port 27999 >/dev/null 2>&1 || true
[ "$(cat "$inside$home/libraries")" = none ] || fail "mongod is started with libraries of Zava's."
rm "$root/usr/local/bin/mongod"

as_tester QT_QPA_PLATFORM=offscreen zava tour --out "$home/tour" >"$folder/tour.log" 2>&1 ||
    fail "zava tour:" "$(tail -n 20 "$folder/tour.log")"
say "The tour has $(find "$inside$home/tour" -name '*.png' | wc -l) pictures."

# --- a window ----------------------------------------------------------------------------------------------------

if ! have Xvfb xvfb || ! have xdotool xdotool; then exit; fi
mkfifo "$folder/display" 2>/dev/null || true
# It finds a free number itself. Whoever may look into this machine may use it: nobody else is listened to.
Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp -ac 3<>"$folder/display" >"$folder/xvfb.log" 2>&1 &
started=$!
read -r number <"$folder/display"
DISPLAY=:$number
export DISPLAY

as_tester zava-seed demo >"$folder/demo.log"
as_tester DISPLAY="$DISPLAY" "$start" >"$folder/zava.log" 2>&1 &
program=$!
started="$program $started"

seen() { # NAME; wait for a window of Zava with this in its title, and give it the keyboard
    for _ in $(seq 240); do
        kill -0 "$program" 2>/dev/null || fail "zava has ended:" "$(cat "$folder/zava.log")"
        window=$(xdotool search --onlyvisible --classname '^zava$' 2>/dev/null | while read -r one; do
            case $(xdotool getwindowname "$one" 2>/dev/null) in *"$1"*) echo "$one"; break ;; esac
        done)
        if [ -n "$window" ]; then
            xdotool windowfocus "$window"
            return
        fi
        sleep 0.25
    done
    fail "There is no window called $1, but: $(xdotool search --onlyvisible --classname '^zava$' getwindowname 2>&1)"
}
picture() { # NAME; where somebody wants to see it
    if command -v import >/dev/null; then import -window root "$folder/$1.png" 2>/dev/null || true; fi
}

seen Zava
picture sign-in
xdotool type --delay 250 'Tester'
xdotool key Return
seen Find
xdotool key ctrl+f
xdotool type --delay 250 'curved claw hamer'
xdotool key Return
seen 'Curved Claw Hammer'
picture product
say "A search typed into the window opened: $(xdotool getwindowname "$window")"
xdotool key ctrl+q
for _ in $(seq 120); do
    kill -0 "$program" 2>/dev/null || break
    sleep 0.25
done
wait "$program" || fail "zava ended with exit code $?:" "$(cat "$folder/zava.log")"
say "The packages are as they should be."
