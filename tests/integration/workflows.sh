# The action, the workflows and the scripts, as their linters see them.
set -euo pipefail
cd "$PLIMSOLL_ROOT"

check-jsonschema --builtin-schema vendor.github-actions action.yml
check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
actionlint .github/workflows/*.yml
zizmor --offline --no-progress --quiet action.yml .github/workflows

if command -v shellcheck > /dev/null; then
    shellcheck --shell=bash -x .ci/run action/*.sh .github/release/*.sh tests/integration/*.sh tests/integration/run
else
    echo 'skipped: no shellcheck here'
fi
# What bash 3.2, the newest that macOS has, cannot read.
if grep -nE '^[^#]*(\bmapfile\b|\breadarray\b|declare -A|local -A|local -n|declare -n|\$\{[A-Za-z_]+(,,|\^\^|@[QUL])|\|&|&>>|\bcoproc\b|wait -n|\beval\b)' \
    action/*.sh .github/release/*.sh; then
    echo 'not for bash 3.2, or evaluates a text' >&2
    exit 1
fi
