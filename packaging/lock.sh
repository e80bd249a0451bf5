#!/bin/sh
# Write requirements-dev.lock and requirements.lock from pyproject.toml. Called by `make lock`.
#
# Both hold for every supported Python on Linux and macOS, carry a hash for every file, and name no registry,
# so that plain `pip install --require-hashes` can use whatever index the machine is set up for.
# An existing lock is kept as far as pyproject.toml allows; `make lock ARGS=--upgrade` takes the newest.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}

# Local folders and private indexes of this machine have no place in a lock.
unset PIP_FIND_LINKS UV_FIND_LINKS UV_INDEX UV_EXTRA_INDEX_URL 2>/dev/null || true

compile() {
    UV_CUSTOM_COMPILE_COMMAND="make lock" "$uv" pip compile pyproject.toml --quiet \
        --universal --python-version 3.11 --generate-hashes --only-binary :all: \
        --no-annotate --no-emit-index-url --no-emit-find-links "$@" >/dev/null
}

# The development lock first; the run lock is a subset of it, with the same versions.
compile --extra webhook --extra azure --extra mcp --group build --group dev --output-file requirements-dev.lock ${ARGS:-}
compile --group build --constraint requirements-dev.lock --output-file requirements.lock ${ARGS:-}

if grep -nE '://|file:|^ *(-i|-f|--index|--extra-index|--find-links)' requirements.lock requirements-dev.lock; then
    echo "A lock file names a registry or a local path (above)." >&2
    exit 1
fi
