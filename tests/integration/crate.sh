# What crates.io would get: it holds what it needs and no more, it builds with the newest of every dependency (as
# pre-commit and `cargo install` without --locked do), and what is installed runs.
set -euo pipefail
cd "$PLIMSOLL_ROOT"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cargo package --list --allow-dirty > "$folder/list"
if grep -E '^(testdata|tests|benches|editors|python|action|\.github|\.ci)/' "$folder/list"; then
    echo 'these files belong into no crate' >&2
    exit 1
fi
for file in Cargo.lock build.rs LICENSE-MIT LICENSE-APACHE README.md src/main.rs rules/profiles.yaml; do
    grep -qx "$file" "$folder/list" || { echo "$file is not in the crate" >&2; exit 1; }
done
cargo package --no-verify --allow-dirty --quiet --target-dir "$folder/target"
crate=$(echo "$folder"/target/package/*.crate)
size=$(wc -c < "$crate")
printf '%s files, %s bytes\n' "$(wc -l < "$folder/list")" "$size"
((size < 2000000))

tar -xzf "$crate" -C "$folder"
# Debug, since this is about what compiles. Without --locked on purpose.
(cd "$folder" && cargo install --debug --path "$(basename "$crate" .crate)" --root "$folder/root" --quiet)
"$folder/root/bin/plimsoll" --version
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostPID: true, containers: [{name: c}]}\n' > "$folder/pod.yaml"
code=0
"$folder/root/bin/plimsoll" check --isolated --quiet "$folder/pod.yaml" > "$folder/out" || code=$?
((code == 1))
grep -q host-pid "$folder/out"
