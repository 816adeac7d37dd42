# Which files a pull request or a push changes. Part of check.sh: reads its `folder`, changes `paths` and `options`.
# shellcheck shell=bash disable=SC2154

# Git on the checkout, whoever owns it (in a container, somebody else does), with paths taken as they are.
git_here() {
    GIT_LITERAL_PATHSPECS=1 git -c "safe.directory=$PWD" "$@"
}

is_commit() {
    local form='^[0-9a-f]{40,64}$'
    [[ $1 =~ $form ]] && git_here cat-file -e "$1^{commit}" 2> /dev/null
}

# The commit to compare with; nothing when the event has none.
base_commit() {
    local base=${EVENT_BASE:-}
    if [[ ${GITHUB_EVENT_NAME:-} == pull_request && $(git_here rev-parse HEAD 2> /dev/null) == "${GITHUB_SHA:-}" ]] \
        && git_here rev-parse --verify --quiet 'HEAD^2' > /dev/null; then
        # GitHub's merge of the pull request: its first parent is the base, whatever happened to the branch since.
        git_here rev-parse 'HEAD^1'
        return
    fi
    if [[ -z $base || $base =~ ^0+$ ]]; then
        return
    fi
    if ! is_commit "$base"; then
        fail "\`changed-only\` needs the history: give actions/checkout \`fetch-depth: 0\`"
    fi
    # A push may be forced, and a branch may be behind: what is new is what came since they parted.
    git_here merge-base "$base" HEAD \
        || fail "\`changed-only\` needs the history: give actions/checkout \`fetch-depth: 0\`"
}

# Narrows `paths` to the manifests below them that changed. Where nothing is to compare with, or where the names
# are too many for one command, `paths` stays as it is, and that is said.
only_changed() {
    local base file length=0 limit=100000 changed
    base=$(base_commit)
    if [[ -z $base ]]; then
        notice "This event changes no files that could be told apart: reporting on all of \`paths\`"
        return
    fi
    git_here diff --name-only --no-renames --no-ext-diff --diff-filter=d -z "$base" HEAD -- "${paths[@]}" \
        > "$folder/changed" || fail "cannot compare with the base"
    changed=()
    while IFS= read -r -d '' file; do
        case $file in
            *.yaml | *.yml | *.json | Kustomization | */Kustomization) ;;
            *) continue ;;
        esac
        if [[ -f $file && ! -L $file ]]; then
            changed+=("$file")
            length=$((length + ${#file} + 3))
        fi
    done < "$folder/changed"
    # Windows takes 32 KiB.
    if [[ ${RUNNER_OS:-} == Windows ]]; then
        limit=25000
    fi
    if ((length > limit)); then
        notice "${#changed[@]} changed files are too many for one command: reporting on all of \`paths\`"
        return
    fi
    if ((${#changed[@]} == 0)); then
        printf 'No manifest changed\n'
        # Reports are written in any case.
        mkdir "$folder/nothing"
        changed=("$folder/nothing")
    fi
    options+=(--force-exclude)
    paths=("${changed[@]}")
}
