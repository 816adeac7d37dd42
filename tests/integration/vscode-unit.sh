# The tests of the extension for VS Code that need no editor: types, bundle, the search for the binary. In a copy, so
# that nothing stays behind.
set -euo pipefail
cd "$PLIMSOLL_ROOT/editors/vscode"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$folder"
cd "$folder"
npm ci --no-audit --no-fund --silent
npm test
