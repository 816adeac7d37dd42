#!/usr/bin/env bash
# Finds plimsoll: on PATH, in the release, or in this checkout, in this order. Sets the outputs `binary` and
# `version`.
#
# Reads INPUT_VERSION, INPUT_SHA256 (inputs, may be empty) and ACTION_REPOSITORY (where the action comes
# from; empty when it is called by its path).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$here/common.sh"

own_version() {
    local line form='^version = "([^"]+)"'
    while IFS= read -r line; do
        if [[ $line =~ $form ]]; then
            printf '%s' "${BASH_REMATCH[1]}"
            return
        fi
    done < "$here/../Cargo.toml"
    fail "the action's Cargo.toml has no version"
}

# The Rust target of the archive for this runner; empty when there is none.
target() {
    local arch
    case ${RUNNER_ARCH:-$(uname -m)} in
        X64 | x86_64 | amd64) arch=x86_64 ;;
        ARM64 | arm64 | aarch64) arch=aarch64 ;;
        *) return ;;
    esac
    case ${RUNNER_OS:-$(uname -s)} in
        # Static, so that it runs in any container.
        Linux) printf '%s' "$arch-unknown-linux-musl" ;;
        macOS | Darwin) printf '%s' "$arch-apple-darwin" ;;
        Windows | MINGW* | MSYS*) printf '%s' "$arch-pc-windows-msvc" ;;
    esac
}

# The version that a binary tells, or nothing.
version_of() {
    local text form='^plimsoll ([0-9A-Za-z.+-]+)$'
    text=$("$1" --version 2> /dev/null) || return 0
    if [[ $text =~ $form ]]; then
        printf '%s' "${BASH_REMATCH[1]}"
    fi
}

found() {
    output binary "$1"
    output version "$version"
    printf 'plimsoll %s, %s\n' "$version" "$2"
    exit 0
}

from_path() {
    local binary present
    binary=$(command -v plimsoll) || return 0
    present=$(version_of "$binary")
    if [[ $present == "$version" ]]; then
        found "$binary" "found on PATH"
    fi
    printf 'plimsoll %s on PATH is not version %s\n' "${present:-of no known version}" "$version"
}

# What checksums.txt says about a file, or nothing.
known_checksum() {
    local sum name
    while read -r sum name; do
        # Where there are text files and others, a star says that it was read as it is.
        name=${name#\*}
        name=${name%$'\r'}
        if [[ $name == "$1" && $sum =~ $sum_form ]]; then
            printf '%s' "$sum"
            return
        fi
    done < "$here/checksums.txt"
}

sha256_of() {
    local line
    # Read from standard input: a name with a backslash in it would change the form of the line.
    if command -v sha256sum > /dev/null; then
        line=$(sha256sum < "$1")
    else
        line=$(shasum -a 256 < "$1")
    fi
    printf '%s' "${line%% *}"
}

unpack() {
    case $1 in
        # The tar of Git for Windows reads no zip; that of Windows itself does.
        *.zip) "$(cygpath -u "${SYSTEMROOT:-C:/Windows}")/System32/tar.exe" -xf "$1" -C "$2" ;;
        *) tar -xzf "$1" -C "$2" ;;
    esac
}

from_release() {
    local target archive sum folder url binary name actual
    target=$(target)
    if [[ -z $target ]]; then
        printf 'There is no release for %s on %s\n' "${RUNNER_OS:-this system}" "${RUNNER_ARCH:-this processor}"
        return 0
    fi
    name=plimsoll-v$version-$target
    archive=$name.tar.gz
    binary=plimsoll
    if [[ $target == *windows* ]]; then
        archive=$name.zip
        binary=plimsoll.exe
    fi
    sum=${INPUT_SHA256:-$(known_checksum "$archive")}
    if [[ -z $sum ]]; then
        printf 'No checksum is known for %s\n' "$archive"
        return 0
    fi
    if [[ -z ${ACTION_REPOSITORY:-} ]]; then
        printf 'The action is called by its path, so there is no release that belongs to it\n'
        return 0
    fi
    folder=$(new_folder)
    url=${GITHUB_SERVER_URL:-https://github.com}/$ACTION_REPOSITORY/releases/download/v$version/$archive
    if ! curl --proto '=https' --proto-redir '=https' --fail --silent --show-error --location --retry 3 \
        --max-time 300 --output "$folder/$archive" "$url"; then
        printf 'Cannot download %s\n' "$url"
        return 0
    fi
    actual=$(sha256_of "$folder/$archive")
    if [[ $actual != "$sum" ]]; then
        fail "the SHA-256 of $archive is $actual and not $sum"
    fi
    unpack "$folder/$archive" "$folder"
    found "$folder/$name/$binary" "from the release, with the right checksum"
}

from_checkout() {
    local folder binary=plimsoll
    if ! command -v cargo > /dev/null; then
        fail "there is no plimsoll $version on PATH, no release of it for this runner, and no cargo to build it with"
    fi
    if [[ ${RUNNER_OS:-} == Windows ]]; then
        binary=plimsoll.exe
    fi
    folder=$(new_folder)
    printf 'Building plimsoll %s from the checkout of the action\n' "$version"
    # From the action's own folder: a `.cargo/config.toml` or a toolchain file of the linted repository must not
    # decide what runs.
    home=
    if [[ -n ${ACTION_REPOSITORY:-} ]]; then
        home=${GITHUB_SERVER_URL:-https://github.com}/$ACTION_REPOSITORY
    fi
    (cd "$here/.." && PLIMSOLL_HOME=$home cargo build --release --locked --bin plimsoll --target-dir "$folder")
    found "$folder/release/$binary" "built from the checkout of the action"
}

own=$(own_version)
version=${INPUT_VERSION:-$own}
version=${version#v}
form='^[0-9]+[.][0-9]+[.][0-9]+[0-9A-Za-z.+-]*$'
if [[ ! $version =~ $form ]]; then
    fail "\`version\` must be a version such as $own, not \`$version\`"
fi
sum_form='^[0-9a-f]{64}$'
if [[ -n ${INPUT_SHA256:-} && ! $INPUT_SHA256 =~ $sum_form ]]; then
    fail "\`sha256\` must be 64 hexadecimal digits in lower case"
fi
from_path
if [[ $version != "$own" && -z ${INPUT_SHA256:-} ]]; then
    fail "version $version is not that of the action, $own, so it needs \`sha256\`"
fi
from_release
if [[ $version != "$own" ]]; then
    fail "version $version cannot be had: the action can only build its own, $own"
fi
if [[ -n ${INPUT_SHA256:-} ]]; then
    fail "an archive with this \`sha256\` cannot be had, and what is built here has no checksum"
fi
from_checkout
