# What a pull request or a push is compared with. Part of check.sh: adds to its `options`.
# shellcheck shell=bash

# Git on the checkout, whoever owns it: in a container, somebody else does. plimsoll's own calls have it, too.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=$PWD

is_commit() {
    local form='^[0-9a-f]{40,64}$'
    [[ $1 =~ $form ]] && git cat-file -e "$1^{commit}" 2> /dev/null
}

# The commit to compare with; nothing when the event has none.
base_commit() {
    local base=${EVENT_BASE:-} no_commit='^0+$'
    if [[ ${GITHUB_EVENT_NAME:-} == pull_request && $(git rev-parse HEAD 2> /dev/null) == "${GITHUB_SHA:-}" ]] \
        && git rev-parse --verify --quiet 'HEAD^2' > /dev/null; then
        # GitHub's merge of the pull request: its first parent is the base, whatever happened to the branch since.
        git rev-parse 'HEAD^1'
        return
    fi
    if [[ -z $base || $base =~ $no_commit ]]; then
        return
    fi
    # plimsoll looks for where both parted, and would take the commit itself where a shallow clone cut that off.
    if ! is_commit "$base" || ! git merge-base "$base" HEAD > /dev/null 2>&1; then
        fail "\`changed-only\` needs the history: give actions/checkout \`fetch-depth: 0\`"
    fi
    printf '%s' "$base"
}

# Adds the option that narrows the run. Where nothing is to compare with, everything is told, and that is said.
only_changed() {
    local base
    base=$(base_commit)
    if [[ -z $base ]]; then
        notice "This event has nothing to compare with: reporting on all of \`paths\`"
        return
    fi
    options+=("--changed=$base")
}
