# The hooks under the real pre-commit and prek, with the binary on PATH: manifests are blocked or let through.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$PLIMSOLL_ROOT/tests/integration/lib.sh"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export PRE_COMMIT_HOME=$folder/pre-commit PREK_HOME=$folder/prek
export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.org GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.org
PATH=$(dirname "$PLIMSOLL"):$PATH

pre-commit validate-manifest "$PLIMSOLL_ROOT/.pre-commit-hooks.yaml" "$PLIMSOLL_ROOT/pre-commit-hooks.yaml"
prek validate-manifest "$PLIMSOLL_ROOT/.pre-commit-hooks.yaml"
hooks_repository "$folder/hooks"

# Runs a commit of what is staged; says whether it went through.
commits() {
    git commit --quiet --message "$1" > "$folder/out" 2>&1
}

blocked() {
    if commits "$1"; then
        cat "$folder/out" >&2
        die "not blocked: $1"
    fi
    grep -q "$2" "$folder/out" || { cat "$folder/out" >&2; die "blocked for another reason: $1"; }
}

passes() {
    commits "$1" || { cat "$folder/out" >&2; die "blocked: $1"; }
}

# Everything that a user does with the hook, once it is installed in the repository that is the current folder.
use_hook() {
    bad_pod > pod.yaml
    git add pod.yaml
    blocked "a pod of the host's processes" 'pod.yaml:4:.*host-pid'

    sed -i 's/hostPID: true, //' pod.yaml
    git add pod.yaml
    passes "the same pod without"

    # No extension, and so of no type that pre-commit knows.
    mkdir -p overlay
    printf 'resources: [missing.yaml]\n' > overlay/Kustomization
    git add overlay
    blocked "a file called Kustomization" 'overlay/Kustomization:1'
    git rm --quiet --cached -r overlay
    rm -r overlay

    mkdir -p 'dir 한글'
    bad_pod > 'dir 한글/a, b.yaml'
    git add .
    blocked "a name with spaces and Korean" 'dir 한글/a, b.yaml:4:'
    git rm --quiet --cached -r 'dir 한글'
    rm -r 'dir 한글'

    # What is no manifest is nobody's business.
    printf 'name: x\nversion: 1\n' > Chart.yaml
    mkdir -p templates vendor
    printf 'kind: {{ .Values.kind }}\n{{- if }}\n' > templates/x.yaml
    printf '{"a": 1}\n' > package.json
    printf 'on: [push]\n' > ci.yml
    bad_pod > vendor/pod.yaml
    printf 'exclude: vendor\n' > .plimsoll.yaml
    git add .
    passes "a chart, other YAML, and what the configuration leaves out"

    # Only what is committed is told.
    bad_pod > unstaged.yaml
    printf '# a comment\n' >> pod.yaml
    git add pod.yaml
    passes "another file beside a bad one that is not staged"
    rm unstaged.yaml

    # What decides about a base stands in other files, which pre-commit does not pass.
    mkdir -p app/base app/prod
    bad_pod > app/base/pod.yaml
    printf 'resources: [pod.yaml]\n' > app/base/kustomization.yaml
    printf 'resources: [../base]\npatches: [{path: patch.yaml}]\n' > app/prod/kustomization.yaml
    printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostPID: false}\n' > app/prod/patch.yaml
    git add app
    passes "a base that its overlay repairs, all of it"
    printf '# a comment\n' >> app/base/pod.yaml
    git add app
    passes "the base alone"
    printf 'resources: [../base]\n' > app/prod/kustomization.yaml
    git rm --quiet -f app/prod/patch.yaml
    # Findings are told in the files that are passed, so the base must be one of them.
    printf '# another one\n' >> app/base/pod.yaml
    git add app
    blocked "a base that its overlay repairs no more" 'app/base/pod.yaml:4:.*host-pid'
    git checkout --quiet HEAD -- app
}

config() {
    printf 'repos:\n- repo: %s\n  rev: v0.0.0-test\n  hooks:\n  - id: %s\n' "$folder/hooks" "$1"
}

for program in pre-commit prek; do
    mkdir "$folder/user-$program"
    cd "$folder/user-$program"
    git init --quiet
    config plimsoll-system > .pre-commit-config.yaml
    git add .
    "$program" validate-config .pre-commit-config.yaml
    "$program" install
    use_hook
    printf '%s: a commit is blocked and another one passes\n' "$program"
done

# As somebody tries the hook who has not decided yet.
cd "$folder/user-pre-commit"
bad_pod > pod.yaml
git add .
for program in pre-commit prek; do
    code=0
    "$program" try-repo "$folder/hooks" plimsoll-system --ref v0.0.0-test --all-files > "$folder/out" 2>&1 || code=$?
    grep -q 'pod.yaml:4:.*host-pid' "$folder/out" || { cat "$folder/out" >&2; die "$program try-repo"; }
    ((code == 1)) || die "$program try-repo ended with $code"
done

# More names than fit into one command. Batches are run one after another, and each says what is wrong in it.
cd "$folder"
mkdir many
cd many
git init --quiet
config plimsoll-system > .pre-commit-config.yaml
for ((n = 0; n < 3000; n++)); do
    printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c%s}\n' "$n" > "a-rather-long-name-so-that-the-names-do-not-fit-$n.yaml"
done
git add .
pre-commit run --all-files > "$folder/out" 2>&1 || { tail "$folder/out" >&2; die "3,000 clean files"; }
bad_pod > a-rather-long-name-so-that-the-names-do-not-fit-9.yaml
bad_pod > a-rather-long-name-so-that-the-names-do-not-fit-2999.yaml
git add .
! pre-commit run --all-files > "$folder/out" 2>&1 || die "two bad files of 3,000"
[[ $(grep -c 'host-pid' "$folder/out") == 2 ]] || { cat "$folder/out" >&2; die "both are told"; }
