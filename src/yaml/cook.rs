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
