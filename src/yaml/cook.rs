//! From a scalar's raw text to what it says.

/// Text in single quotes, without them: lines folded, doubled quotes halved.
pub(super) fn single_quoted(text: &str) -> String {
    folded_lines(text).replace("''", "'")
}

/// Text over several lines: a line break is a space, empty lines are line breaks.
pub(super) fn folded_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr2(b'\n', b'\r', rest.as_bytes()) {
        out.push_str(rest[..at].trim_end_matches(BLANKS));
        rest = fold(&rest[at..], &mut out);
    }
    out.push_str(rest);
    out
}

/// Text in double quotes, without them: lines folded, escapes resolved.
pub(super) fn double_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // Blanks before a line break go, unless an escape wrote them: nothing before this is trimmed.
    let mut solid = 0;
    while let Some(at) = memchr::memchr3(b'\\', b'\n', b'\r', rest.as_bytes()) {
        let run = &rest[..at];
        out.push_str(run);
        rest = &rest[at..];
        if rest.starts_with('\\') {
            rest = escape(rest, &mut out);
            solid = out.len();
            continue;
        }
        let blanks = run.len() - run.trim_end_matches(BLANKS).len();
        out.truncate(solid.max(out.len() - blanks));
        rest = fold(rest, &mut out);
        solid = out.len();
    }
    out.push_str(rest);
    out
}

const BLANKS: [char; 2] = [' ', '\t'];

/// `text` begins with a line break: writes what that and the empty lines behind it say, and returns the
/// text of the next line.
fn fold<'t>(text: &'t str, out: &mut String) -> &'t str {
    let (empty_lines, rest) = skip_lines(text);
    match empty_lines {
        0 => out.push(' '),
        count => (0..count).for_each(|_| out.push('\n')),
    }
    rest
}

/// Skips the line break at the start of `text`, and empty lines, which it counts, and the next line's
/// indentation.
fn skip_lines(text: &str) -> (usize, &str) {
    let mut rest = after_break(text).trim_start_matches(BLANKS);
    let mut empty_lines = 0;
    while rest.starts_with(['\n', '\r']) {
        rest = after_break(rest).trim_start_matches(BLANKS);
        empty_lines += 1;
    }
    (empty_lines, rest)
}

fn after_break(text: &str) -> &str {
    text.strip_prefix("\r\n").or_else(|| text.strip_prefix(['\n', '\r'])).unwrap_or(text)
}

/// `text` begins with a backslash: writes what the escape says, and returns what follows it.
fn escape<'t>(text: &'t str, out: &mut String) -> &'t str {
    let mut chars = text.chars();
    let code = chars.nth(1).unwrap_or('\\');
    let rest = chars.as_str();
    let value = match code {
        '0' => '\0',
        'a' => '\x07',
        'b' => '\x08',
        't' => '\t',
        'n' => '\n',
        'v' => '\x0B',
        'f' => '\x0C',
        'r' => '\r',
        'e' => '\x1B',
        'N' => '\u{85}',
        '_' => '\u{A0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        'x' => return hex(rest, 2, out),
        'u' => return hex(rest, 4, out),
        'U' => return hex(rest, 8, out),
        '\n' | '\r' => {
            let (empty_lines, rest) = skip_lines(&text[1..]);
            (0..empty_lines).for_each(|_| out.push('\n'));
            return rest;
        }
        other => other,
    };
    out.push(value);
    rest
}

/// `\u` and its kin; a pair of surrogates, as JSON writes it, is one character.
fn hex<'t>(text: &'t str, digits: usize, out: &mut String) -> &'t str {
    let (value, rest) = number(text, digits);
    let low = rest.strip_prefix("\\u").map(|rest| number(rest, 4));
    if let (0xD800..=0xDBFF, Some((low @ 0xDC00..=0xDFFF, rest))) = (value, low) {
        let joined = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00);
        out.push(char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER));
        return rest;
    }
    out.push(char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER));
    rest
}

fn number(text: &str, digits: usize) -> (u32, &str) {
    let (hex, rest) = text.split_at_checked(digits).unwrap_or((text, ""));
    (u32::from_str_radix(hex, 16).unwrap_or(0xFFFD), rest)
}

/// A block scalar: `raw` from its indicator on, its text indented by `indent`.
pub(super) fn block(raw: &str, indent: usize, folded: bool, final_break: bool) -> String {
    let (header, body) = match memchr::memchr2(b'\n', b'\r', raw.as_bytes()) {
        Some(at) => (&raw[..at], after_break(&raw[at..])),
        None => return String::new(),
    };
    let strip = header.bytes().take_while(|byte| b"|>+-123456789".contains(byte)).any(|byte| byte == b'-');
    let mut out = String::with_capacity(body.len());
    if folded {
        fold_block(body, indent, &mut out);
    } else {
        literal_block(body, indent, &mut out);
    }
    if final_break && !strip {
        out.push('\n');
    }
    out
}

fn literal_block(body: &str, indent: usize, out: &mut String) {
    for (number, line) in lines(body).enumerate() {
        if number > 0 {
            out.push('\n');
        }
        out.push_str(line.get(indent..).unwrap_or_default());
    }
}

/// Between two lines of text a break is a space, or as many breaks as there are empty lines; around lines
/// that are indented further every break stays.
fn fold_block(body: &str, indent: usize, out: &mut String) {
    let mut breaks = 0;
    let mut folds = false;
    for (number, line) in lines(body).enumerate() {
        let line = line.get(indent..).unwrap_or_default();
        breaks += usize::from(number > 0);
        if line.is_empty() {
            continue;
        }
        let text = !line.starts_with(BLANKS);
        if folds && text {
            breaks -= 1;
            if breaks == 0 {
                out.push(' ');
            }
        }
        (0..breaks).for_each(|_| out.push('\n'));
        breaks = 0;
        folds = text;
        out.push_str(line);
    }
    // Blank lines at the end are there only when they are kept.
    (0..breaks).for_each(|_| out.push('\n'));
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(at) = memchr::memchr2(b'\n', b'\r', text.as_bytes()) else {
            rest = None;
            return Some(text);
        };
        rest = Some(after_break(&text[at..]));
        Some(&text[..at])
    })
}

/// A tag's text with `%41` and the like resolved; `None` when they are not whole or say no text.
pub(super) fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    bytes.extend(parts.next().unwrap_or_default().bytes());
    for part in parts {
        let (hex, rest) = part.split_at_checked(2)?;
        if !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(hex, 16).ok()?);
        bytes.extend(rest.bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_is_a_space_and_empty_lines_are_breaks() {
        for (text, expected) in [
            ("a\nb", "a b"),
            ("a  \n\t b", "a b"),
            ("a\n\nb", "a\nb"),
            ("a\n \n\t\n  b", "a\n\nb"),
            ("a\r\n\r\nb\rc", "a\nb c"),
            (" a\n", " a "),
            ("\n\n", "\n"),
            ("é\nü", "é ü"),
        ] {
            assert_eq!(folded_lines(text), expected, "{text:?}");
        }
    }

    #[test]
    fn doubled_single_quotes_are_one() {
        assert_eq!(single_quoted("it''s ''''\n''x''"), "it's '' 'x'");
    }

    #[test]
    fn escapes_say_what_the_specification_says() {
        for (text, expected) in [
            (r"\0\a\b\t\n\v\f\r\e", "\0\x07\x08\t\n\x0B\x0C\r\x1B"),
            (r#"\ \"\/\\\'"#, " \"/\\'"),
            (r"\N\_\L\P", "\u{85}\u{A0}\u{2028}\u{2029}"),
            (r"\x41\u00e9\U0001F600", "Aé😀"),
            (r"\ud83d\ude00", "😀"),
            (r"\ud83d", "\u{FFFD}"),
            (r"\ude00\ud83d", "\u{FFFD}\u{FFFD}"),
            (r"\ud83d\u0041", "\u{FFFD}A"),
            ("\\\t", "\t"),
        ] {
            assert_eq!(double_quoted(text), expected, "{text:?}");
        }
    }

    #[test]
    fn an_escaped_line_break_joins_and_keeps_the_blanks_before_it() {
        for (text, expected) in [
            ("a\\\n  b", "ab"),
            ("a \\\n  b", "a b"),
            ("a\\\n\n  b", "a\nb"),
            ("a\\\r\n  b", "ab"),
            ("a\\t\n  b", "a\t b"),
            ("a\\  \n  b", "a  b"),
            ("a\n  \\ b", "a  b"),
        ] {
            assert_eq!(double_quoted(text), expected, "{text:?}");
        }
    }

    #[test]
    fn literal_text_loses_its_indentation_alone() {
        for (raw, indent, final_break, expected) in [
            ("|\n  a\n   b\n\n  c", 2, true, "a\n b\n\nc\n"),
            ("|-\n  a", 2, true, "a"),
            ("|\n  a", 2, false, "a"),
            ("|+\n  a\n\n", 2, true, "a\n\n\n"),
            ("|2 # -\n    a", 2, true, "  a\n"),
            ("|\r\n a\r\n\r\n b", 1, true, "a\n\nb\n"),
            ("|\r a\r b", 1, true, "a\nb\n"),
            ("|\n\n  a\n    ", 2, true, "\na\n  \n"),
            ("|", 1, false, ""),
            ("|+\n", 1, true, "\n"),
            ("|\na\nb", 0, true, "a\nb\n"),
        ] {
            assert_eq!(block(raw, indent, false, final_break), expected, "{raw:?}");
        }
    }

    #[test]
    fn folded_text_keeps_the_breaks_around_deeper_lines() {
        for (raw, expected) in [
            (">\n a\n b", "a b\n"),
            (">\n a\n\n b", "a\nb\n"),
            (">\n a\n\n\n b", "a\n\nb\n"),
            (">\n a\n  b\n c", "a\n b\nc\n"),
            (">\n a\n\n  b\n\n c", "a\n\n b\n\nc\n"),
            (">\n  a\n b", " a\nb\n"),
            (">\n\n a", "\na\n"),
            (">-\n a\n \tb\n c", "a\n\tb\nc"),
            (">+\n a\n\n", "a\n\n\n"),
        ] {
            assert_eq!(block(raw, 1, true, true), expected, "{raw:?}");
        }
    }

    #[test]
    fn percent_escapes_must_be_whole_and_say_text() {
        assert_eq!(percent_decoded("a%21%c3%A9").as_deref(), Some("a!é"));
        for text in ["%", "%4", "%4g", "%c3", "%é"] {
            assert_eq!(percent_decoded(text), None, "{text}");
        }
    }
}
