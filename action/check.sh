#!/usr/bin/env bash
# Runs `plimsoll check`, shows what it found where GitHub shows such things, and sets the outputs of the action.
# Ends with 0 so that the SARIF report can be uploaded; the last step of the action ends as plimsoll did.
#
# Reads PLIMSOLL_BINARY, INPUT_* (the inputs, any may be empty) and EVENT_BASE (the commit that a pull request or
# a push is compared with; may be empty).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$here/common.sh"
# shellcheck source-path=SCRIPTDIR source=changed.sh
source "$here/changed.sh"

# GitHub takes 1 MiB of a step. plimsoll's page is never larger than this (src/report/markdown.rs); the rest is room
# for what is added here.
most_summary=1032192

# Sets `lines` to the lines that are not empty.
split_lines() {
    local line
    lines=()
    while IFS= read -r line || [[ -n $line ]]; do
        line=${line%$'\r'}
        if [[ -n $line ]]; then
            lines+=("$line")
        fi
    done <<< "$1"
}

# Sets `words`: separated by white space, which quotes keep. No escapes, no expansion, nothing is run.
split_words() {
    local text=$1 word='' quote='' started='' char i
    words=()
    if ((${#text} > 8000)); then
        fail "\`args\` is longer than 8,000 characters"
    fi
    for ((i = 0; i < ${#text}; i++)); do
        char=${text:i:1}
        if [[ -n $quote ]]; then
            if [[ $char == "$quote" ]]; then
                quote=''
            else
                word+=$char
            fi
            continue
        fi
        case $char in
            "'" | '"')
                quote=$char
                started=yes
                ;;
            ' ' | $'\t' | $'\n' | $'\r')
                if [[ -n $started ]]; then
                    words+=("$word")
                fi
                word=''
                started=''
                ;;
            *)
                word+=$char
                started=yes
                ;;
        esac
    done
    if [[ -n $quote ]]; then
        fail "a quote in \`args\` is not closed: $quote"
    fi
    if [[ -n $started ]]; then
        words+=("$word")
    fi
}

# Refuses options with which plimsoll would not write its reports, or not what the log and the annotations need.
refuse_option() {
    case ${1%%=*} in
        -- | -) fail "\`args\` takes options; files and folders belong into \`paths\`" ;;
        --output-format | --format) fail "\`$1\` does not belong into \`args\`: use the input \`format\`" ;;
        --output) fail "\`$1\` does not belong into \`args\`: \`--report FORMAT=FILE\` writes a file besides the log" ;;
        --diff | --fix-only | --add-ignore | --watch | --show-files | --help | --version)
            fail "\`$1\` does not belong into \`args\`: with it there is no report"
            ;;
        --*) ;;
        # Short ones may be joined, with a value behind the last. Only -q leaves the reports alone.
        -*[!q-]*) fail "\`$1\` does not belong into \`args\`: write options by their long names" ;;
    esac
}

# Sets `options` from the inputs. A value is never a word of its own, so one that begins with a dash is no option.
read_options() {
    local word
    options=("--output-format=$format")
    if [[ -n ${INPUT_CONFIG:-} ]]; then
        options+=("--config=$INPUT_CONFIG")
    fi
    if [[ -n ${INPUT_FAIL_ON:-} ]]; then
        options+=("--fail-on=$INPUT_FAIL_ON")
    fi
    if [[ -n ${INPUT_BASELINE:-} ]]; then
        options+=("--baseline=$INPUT_BASELINE")
    fi
    split_words "${INPUT_ARGS:-}"
    for word in ${words[@]+"${words[@]}"}; do
        refuse_option "$word"
        options+=("$word")
    done
    for word in json sarif markdown github; do
        options+=("--report=$word=$folder/plimsoll.$word")
    done
}

# Lints, with the log in a file: it has names and texts of the linted files in it. Sets `status`.
run_plimsoll() {
    status=0
    # Git for Windows would rewrite what looks like a path to it.
    MSYS_NO_PATHCONV=1 MSYS2_ARG_CONV_EXCL='*' "$PLIMSOLL_BINARY" check "${options[@]}" -- "${paths[@]}" \
        < /dev/null > "$folder/log" 2> "$folder/errors" || status=$?
    hide_commands
    # The annotations below are this format.
    if [[ $format != github ]]; then
        cat "$folder/log"
    fi
    cat "$folder/errors"
    show_commands
}

# Sets `counts` to what was found: critical, high, medium, low, info; nothing when there is no report. The report
# has this object on a line of its own, and no text in it can begin a line.
read_counts() {
    local line number='([0-9]+)'
    local form="^  \"findings\": \{\"critical\":$number,\"high\":$number,\"medium\":$number,\"low\":$number,\"info\":$number\}"
    counts=()
    if [[ ! -f $folder/plimsoll.json ]]; then
        return
    fi
    while IFS= read -r line; do
        # Most lines are findings.
        if [[ $line == '  "findings": {'* && $line =~ $form ]]; then
            counts=("${BASH_REMATCH[@]:1}")
        fi
    done < "$folder/plimsoll.json"
}

# Prints the annotations. plimsoll writes the worst first, as many as GitHub shows of a step, behind them a line
# that says what is left out, and then that. Sets `dropped` to this line.
annotate() {
    local line
    dropped=''
    while IFS= read -r line || [[ -n $line ]]; do
        case $line in
            '::error '* | '::warning '* | '::notice '*) printf '%s\n' "$line" ;;
            *)
                dropped=$line
                break
                ;;
        esac
    done < "$folder/plimsoll.github"
}

# The first error that plimsoll told, or else the last thing it said, not too long.
first_error() {
    local line first=''
    while IFS= read -r line || [[ -n $line ]]; do
        case $line in
            error:* | *': error: '*)
                first=$line
                break
                ;;
            *) first=$line ;;
        esac
    done < "$folder/errors"
    first=${first:-plimsoll wrote no report}
    printf '%s' "${first:0:500}"
}

# Standard input as text between tags.
as_html() {
    sed -e 's/&/\&amp;/g' -e 's/</\&lt;/g' -e 's/>/\&gt;/g'
}

# Adds a line to the job's summary.
summary() {
    printf '%s\n' "$1" >> "${GITHUB_STEP_SUMMARY:-/dev/null}"
}

write_summary() {
    local size
    if [[ ! -f $folder/plimsoll.markdown ]]; then
        summary "### plimsoll could not do its work"
        summary ""
        summary "<pre>$(first_error | as_html)</pre>"
        return
    fi
    size=$(wc -c < "$folder/plimsoll.markdown")
    if ((size > most_summary)); then
        summary "### plimsoll found more than fits here"
        summary ""
        summary "The log of the step has all $total findings."
    else
        cat "$folder/plimsoll.markdown" >> "${GITHUB_STEP_SUMMARY:-/dev/null}"
    fi
}

show() {
    if ((${#counts[@]} == 5)); then
        total=$((counts[0] + counts[1] + counts[2] + counts[3] + counts[4]))
        annotate
        write_summary
        if [[ -n $dropped ]]; then
            printf '%s\n' "$dropped"
            summary ""
            summary "$dropped. The log of the step has all."
        fi
    else
        write_summary
    fi
    if ((${#counts[@]} != 5 && status < 2)); then
        status=2
        printf '::error title=plimsoll::plimsoll wrote no report, so nothing is known\n'
    elif ((status > 1)); then
        printf '::error title=plimsoll::plimsoll ended with %s: %s\n' "$status" "$(escaped "$(first_error)")"
    fi
}

set_outputs() {
    if ((${#counts[@]} == 5)); then
        output findings "$total"
        output critical "${counts[0]}"
        output high "${counts[1]}"
        output medium "${counts[2]}"
        output low "${counts[3]}"
    fi
    if [[ -f $folder/plimsoll.sarif ]]; then
        output sarif-file "$folder/plimsoll.sarif"
    fi
    output exit-code "$status"
}

case ${INPUT_SARIF:-auto} in
    auto | true | false) ;;
    *) fail "\`sarif\` is auto, true or false, not \`$INPUT_SARIF\`" ;;
esac
format=${INPUT_FORMAT:-auto}
if [[ $format == auto ]]; then
    format=concise
fi
folder=$(new_folder)
read_options
split_lines "${INPUT_PATHS:-}"
paths=(${lines[@]+"${lines[@]}"})
if ((${#paths[@]} == 0)); then
    paths=(.)
fi
case ${INPUT_CHANGED_ONLY:-false} in
    false) ;;
    true) only_changed ;;
    *) fail "\`changed-only\` is true or false, not \`$INPUT_CHANGED_ONLY\`" ;;
esac
run_plimsoll
read_counts
show
set_outputs
