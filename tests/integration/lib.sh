# What the tests of hooks share.
# shellcheck shell=bash

# The work tree, as it is, as a repository with a tag: what pre-commit clones.
hooks_repository() {
    local folder=$1
    mkdir -p "$folder"
    (cd "$PLIMSOLL_ROOT" && git ls-files -z --cached --others --exclude-standard \
        | tar --null --files-from=- --ignore-failed-read -cf - 2> /dev/null) | tar -xf - -C "$folder"
    commit_all "$folder" "All"
    git -C "$folder" tag v0.0.0-test
}

commit_all() {
    git -C "$1" init --quiet
    git -C "$1" add --all --force
    git -C "$1" -c user.name=t -c user.email=t@example.org commit --quiet --no-verify --message "$2"
}

die() {
    printf '%s\n' "$*" >&2
    exit 1
}

bad_pod() {
    printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostPID: true, containers: [{name: c, image: "r/c:1"}]}\n'
}
