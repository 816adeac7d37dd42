# The release's archive: what is in it, that its checksum is right, and that the pages and completions are read by
# the programs that they are for.
set -euo pipefail
cd "$PLIMSOLL_ROOT"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# As Git for Windows has it: its sha256sum puts a star before names.
mkdir "$folder/bin"
printf '#!/bin/sh\nexec %s --binary "$@"\n' "$(command -v sha256sum)" > "$folder/bin/sha256sum"
chmod +x "$folder/bin/sha256sum"
archive=$(PATH=$folder/bin:$PATH bash .github/release/archive.sh x86_64-unknown-linux-gnu "$PLIMSOLL" "$folder")
(cd "$folder" && sha256sum --check --strict --quiet ./*.sha256)
grep -qxE "[0-9a-f]{64}  $(basename "$archive")" "$archive.sha256"
tar -xzf "$archive" -C "$folder"
cd "$folder/$(basename "$archive" .tar.gz)"
for file in plimsoll README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE man/plimsoll.1 man/plimsoll-check.1 \
    completions/plimsoll.bash completions/_plimsoll completions/plimsoll.fish completions/_plimsoll.ps1 \
    completions/plimsoll.elv; do
    [[ -s $file ]] || { echo "$file is missing or empty" >&2; exit 1; }
done
[[ "plimsoll-v$(./plimsoll --version | cut -d' ' -f2)-x86_64-unknown-linux-gnu" == "$(basename "$PWD")" ]]

# One page a command that the help lists.
./plimsoll --help | sed -n '/^Commands:/,/^$/p' | awk '/^  [a-z]/ {print $1}' | while read -r command; do
    [[ -s man/plimsoll-$command.1 ]] || { echo "no page of $command" >&2; exit 1; }
done
if command -v mandoc > /dev/null; then
    # No errors; its warnings are about style, such as a day that is not given.
    mandoc -T lint -W error man/*.1
    # Bold is a letter printed twice.
    mandoc -T utf8 man/plimsoll-check.1 | sed $'s/.\b//g' > "$folder/page"
    for words in '--fail-on' '^EXIT STATUS' '^ENVIRONMENT' 'PLIMSOLL_OUTPUT_FORMAT'; do
        grep -q -- "$words" "$folder/page"
    done
else
    echo 'skipped: no mandoc here'
fi

# bash offers what the completion script says it offers.
bash -c 'source completions/plimsoll.bash
    COMP_WORDS=(plimsoll check --fail) COMP_CWORD=2 COMP_LINE="plimsoll check --fail" COMP_POINT=21
    _plimsoll plimsoll --fail check
    printf "%s\n" "${COMPREPLY[@]}"' > "$folder/offered"
grep -qx -- --fail-on "$folder/offered"
bash -n completions/plimsoll.bash
for shell in zsh fish; do
    if ! command -v "$shell" > /dev/null; then
        echo "skipped: no $shell here"
        continue
    fi
    case $shell in
        zsh) zsh -n completions/_plimsoll ;;
        fish)
            fish -c 'source completions/plimsoll.fish; complete -C "plimsoll check --fail-o"' > "$folder/offered"
            grep -q -- '^--fail-on\b' "$folder/offered"
            ;;
    esac
done
