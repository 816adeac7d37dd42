# The wheel, built by maturin, installed into a venv and run.
set -euo pipefail
cd "$PLIMSOLL_ROOT/python"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Not the release profile, which other tests build: this is about the packing.
maturin build --profile dev --locked --out "$folder/dist"
wheel=$(echo "$folder"/dist/plimsoll_lint-*.whl)
python3 -m zipfile -l "$wheel" | tee "$folder/list"
for part in '\.data/scripts/plimsoll ' '\.dist-info/licenses/LICENSE-MIT' '\.dist-info/licenses/LICENSE-APACHE' '\.cyclonedx\.json'; do
    grep -q "$part" "$folder/list" || { echo "the wheel has no $part" >&2; exit 1; }
done

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-index --disable-pip-version-check "$wheel"
[[ $("$folder/venv/bin/plimsoll" --version) == "$("$PLIMSOLL" --version)" ]]
"$folder/venv/bin/pip" show plimsoll-lint | grep -i '^license'
code=0
"$folder/venv/bin/plimsoll" check --quiet "$PLIMSOLL_ROOT/testdata/guide" > "$folder/out" || code=$?
((code == 1))
[[ -s $folder/out ]]
"$folder/venv/bin/pip" uninstall --quiet --yes plimsoll-lint
[[ ! -e $folder/venv/bin/plimsoll ]]
