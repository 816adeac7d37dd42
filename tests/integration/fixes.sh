# Every fix on whole repositories. PLIMSOLL_CORPUS names the folder that holds them.
set -euo pipefail
if [[ -z ${PLIMSOLL_CORPUS:-} ]]; then
    echo 'skipped: PLIMSOLL_CORPUS is not set'
    exit 77
fi
cd "$PLIMSOLL_ROOT"
exec cargo test --quiet --locked --test it -- --ignored fix::
