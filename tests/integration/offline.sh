# plimsoll opens no socket, whatever it does: the kernel's own word, by strace.
set -euo pipefail
cd "$PLIMSOLL_ROOT"
if ! command -v strace > /dev/null || ! strace -qq -o /dev/null true 2> /dev/null; then
    echo 'skipped: no strace here, or it is not allowed'
    exit 77
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT

quiet() {
    local code=0
    strace -f -qq -e trace=network,execve -o "$log" "$PLIMSOLL" "$@" < /dev/null > /dev/null 2>&1 || code=$?
    # It ran, and did not fail in the middle.
    ((code <= 1)) || { echo "plimsoll $* ended with $code" >&2; exit 1; }
    # The first execve is plimsoll itself; there is no other program, and no call about the network. Of a thread that ends
    # while strace looks it can say nothing but that.
    if [[ $(grep -c 'execve(' "$log") != 1 ]] || grep -v -e 'execve(' -e '+++' -e '---' -e '???( <detached' "$log"; then
        echo "plimsoll $* called the above" >&2
        exit 1
    fi
}

quiet check testdata
quiet check --profile all --output-format sarif testdata
quiet check --select '*' --report json=/dev/null rules docs
quiet rules
quiet explain privileged-container
quiet completions bash
quiet config schema
for folder in testdata/*/; do
    quiet check --output-format full "$folder"
done
# The test can fail: a program that opens a socket is seen.
strace -f -qq -e trace=network -o "$log" python3 -c 'import socket; socket.socket()'
grep -q 'socket(' "$log"
