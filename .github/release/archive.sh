#!/usr/bin/env bash
# archive.sh TARGET BINARY FOLDER
#
# Packs a built binary for TARGET, a Rust target, with manual pages, completions, licences and README into
# FOLDER/plimsoll-vX-TARGET.tar.gz (.zip for Windows), and writes its SHA-256 beside it. The binary is run.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
target=$1
binary=$2
out=$3

version=$("$binary" --version)
version=${version#plimsoll }
name=plimsoll-v$version-$target
stage=$(mktemp -d)
folder=$stage/$name
mkdir -p "$folder/completions" "$out"
out=$(cd "$out" && pwd)

cp "$binary" "$root/README.md" "$root/CHANGELOG.md" "$root/LICENSE-MIT" "$root/LICENSE-APACHE" "$folder"
"$binary" man --folder "$folder/man"
"$binary" completions bash > "$folder/completions/plimsoll.bash"
"$binary" completions elvish > "$folder/completions/plimsoll.elv"
"$binary" completions fish > "$folder/completions/plimsoll.fish"
"$binary" completions powershell > "$folder/completions/_plimsoll.ps1"
"$binary" completions zsh > "$folder/completions/_plimsoll"

cd "$stage"
if [[ $target == *windows* ]]; then
    archive=$name.zip
    # The tar of Windows writes zip files, that of Git for Windows does not.
    "$(cygpath -u "$SYSTEMROOT")/System32/tar.exe" -a -cf "$archive" "$name"
else
    archive=$name.tar.gz
    tar -czf "$archive" "$name"
fi
if command -v sha256sum > /dev/null; then
    sum=$(sha256sum < "$archive")
else
    sum=$(shasum -a 256 < "$archive")
fi
# The same line everywhere: Git for Windows would put a star before the name.
printf '%s  %s\n' "${sum%% *}" "$archive" > "$archive.sha256"
mv "$archive" "$archive.sha256" "$out"
printf '%s\n' "$out/$archive"
