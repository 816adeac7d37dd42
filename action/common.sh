# What the action's scripts share. Made for bash 3.2, which macOS has: no mapfile, no associative arrays, and an
# empty array is written ${a[@]+"${a[@]}"}. Regular expressions stand in variables: what quotes mean in them changed.
# shellcheck shell=bash

# Text as the data of a workflow command: without the escapes a line break would end it.
escaped() {
    local text=$1
    text=${text//[%]/%25}
    text=${text//$'\r'/%0D}
    text=${text//$'\n'/%0A}
    printf '%s' "$text"
}

# Says what is wrong, in the log and as an annotation, and ends as plimsoll does when it fails. GitHub reads both
# outputs; standard output may be on its way into a variable.
fail() {
    printf 'exit-code=2\n' >> "$GITHUB_OUTPUT"
    printf '::error title=plimsoll::%s\n' "$(escaped "$1")" >&2
    exit 2
}

# Says something that is not wrong.
notice() {
    printf '::notice title=plimsoll::%s\n' "$(escaped "$1")"
}

# Sets an output. A value of several lines could set another one, so it is refused.
output() {
    case $2 in
        *$'\n'* | *$'\r'*) fail "the value of \`$1\` has a line break in it" ;;
    esac
    printf '%s=%s\n' "$1" "$2" >> "$GITHUB_OUTPUT"
}

# The log, up to `shown`, is text that others wrote: nothing in it is a workflow command. The word that ends that
# cannot be guessed by who wrote it.
hide_commands() {
    stop_word=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '::stop-commands::%s\n' "$stop_word"
}

show_commands() {
    printf '\n::%s::\n' "$stop_word"
}

# A new folder that nobody else writes to, as a path that both bash and Windows programs read.
new_folder() {
    local parent=${RUNNER_TEMP:-${TMPDIR:-/tmp}} folder
    if ! command -v cygpath > /dev/null; then
        mktemp -d "$parent/plimsoll.XXXXXX"
        return
    fi
    folder=$(mktemp -d "$(cygpath -u "$parent")/plimsoll.XXXXXX")
    cygpath -m "$folder"
}
