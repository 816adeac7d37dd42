# The reports against schemas, validators and a browser: tests/formats/validate, which says what it needs.
set -euo pipefail
validate=$PLIMSOLL_ROOT/tests/formats/validate
if [[ ! -f $validate ]]; then
    echo 'skipped: this tree has no such formats'
    exit 77
fi
exec bash "$validate" "$PLIMSOLL"
