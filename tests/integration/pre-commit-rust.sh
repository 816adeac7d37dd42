# The hook `plimsoll` under the real pre-commit: it builds plimsoll from this repository, as a user's first commit does.
# Takes minutes.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$PLIMSOLL_ROOT/tests/integration/lib.sh"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export PRE_COMMIT_HOME=$folder/pre-commit
hooks_repository "$folder/hooks"

mkdir "$folder/user"
cd "$folder/user"
bad_pod > pod.yaml
commit_all . "One"
code=0
SECONDS=0
pre-commit try-repo "$folder/hooks" plimsoll --ref v0.0.0-test --all-files > "$folder/out" 2>&1 || code=$?
grep -q 'pod.yaml:4:.*host-pid' "$folder/out" || { cat "$folder/out" >&2; die "it does not find what is there"; }
((code == 1)) || die "try-repo ended with $code"
printf 'built and run in %s s\n' "$SECONDS"

# Built once: the next one is as quick as the hook, and the hook for whole repositories uses the same build.
printf 'repos:\n- repo: %s\n  rev: v0.0.0-test\n  hooks:\n  - id: plimsoll\n  - id: plimsoll-all\n' "$folder/hooks" > .pre-commit-config.yaml
sed -i 's/hostPID: true, //' pod.yaml
git add .
pre-commit run --all-files > "$folder/out" 2>&1 || { cat "$folder/out" >&2; die "a clean pod"; }
SECONDS=0
pre-commit run --all-files
pre-commit run --all-files --hook-stage manual plimsoll-all
bad_pod > pod.yaml
! pre-commit run --all-files --hook-stage manual plimsoll-all || die "the whole repository"
printf 'three more runs in %s s\n' "$SECONDS"
