//! Text from linted files made harmless for a terminal. Knows which characters steer a terminal or a
//! reader's eye; nothing of findings.
//!
//! A linter runs on pull requests of strangers: escape sequences, bells and bidirectional overrides in a
//! name, a message or a snippet must never reach the screen.

use std::borrow::Cow;

/// Stands for a character that turns the direction of text.
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// Whether `c` steers a terminal (C0, DEL and C1 controls, line and paragraph separators) or the reading
/// direction (Unicode's bidirectional controls). Tabs and line breaks count too.
pub fn is_unsafe(c: char) -> bool {
    c.is_control() || is_separator(c) || is_bidi(c)
}

/// `text` on one line: line breaks and tabs become spaces, other controls `?`, direction marks U+FFFD.
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    let mut after_cr = false;
    for c in text.chars() {
        match c {
            '\n' if after_cr => {}
            '\n' | '\r' | '\t' => safe.push(' '),
            c if is_bidi(c) || is_separator(c) => safe.push(REPLACEMENT),
            c if c.is_control() => safe.push('?'),
            c => safe.push(c),
        }
        after_cr = c == '\r';
    }
    Cow::Owned(safe)
}

/// [`line`], cut after `max` characters with an ellipsis that counts as one of them.
pub fn line_up_to(text: &str, max: usize) -> Cow<'_, str> {
    let safe = line(text);
    if safe.chars().nth(max).is_none() {
        return safe;
    }
    let mut cut: String = safe.chars().take(max.saturating_sub(1)).collect();
    cut.push('…');
    Cow::Owned(cut)
}

/// `text` made harmless byte for byte, so that offsets into it still hold: tabs and line breaks stay, a lone
/// CR becomes LF (it ends a line in [`LineIndex`](crate::base::LineIndex)), controls become `?` and
/// direction marks U+FFFD. Borrowed when there is nothing to do.
pub fn same_length(text: &str) -> Cow<'_, str> {
    if !needs_work(text) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() != Some(&'\n') => safe.push('\n'),
            '\r' | '\n' | '\t' => safe.push(c),
            c if !is_unsafe(c) => safe.push(c),
            c if c.len_utf8() == REPLACEMENT.len_utf8() => safe.push(REPLACEMENT),
            c => safe.extend(std::iter::repeat_n('?', c.len_utf8())),
        }
    }
    debug_assert_eq!(safe.len(), text.len(), "offsets must still hold");
    Cow::Owned(safe)
}

fn needs_work(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Plain ASCII without controls is almost every manifest, and quickly told.
    if bytes.iter().all(|byte| matches!(byte, b'\n' | b'\t' | b' '..=b'~')) {
        return false;
    }
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let fine = match c {
            '\r' => chars.peek() == Some(&'\n'),
            '\n' | '\t' => true,
            c => !is_unsafe(c),
        };
        if !fine {
            return true;
        }
    }
    false
}

fn is_separator(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// Unicode's `Bidi_Control` property.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_no_controls_and_clean_text_is_borrowed() {
        for (text, expected) in [
            ("plain 한글 😀", "plain 한글 😀"),
            ("a\r\nb\tc", "a b c"),
            ("\u{1b}[31mred\u{7}", "?[31mred?"),
            ("\u{9b}31m\u{7f}", "?31m?"),
            ("x\u{202e}y\u{61c}z\u{2028}", "x\u{fffd}y\u{fffd}z\u{fffd}"),
        ] {
            assert_eq!(line(text), expected, "{text:?}");
        }
        assert!(matches!(line("plain 한글"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_long_line_is_cut_with_an_ellipsis() {
        assert_eq!(line_up_to("한글한글", 4), "한글한글");
        assert_eq!(line_up_to("한글한글", 3), "한글…");
    }

    #[test]
    fn offsets_survive_the_same_length_copy() {
        let text = "a\rb\r\n\tc\u{1b}\u{85}\u{202e}\u{61c}end\u{2029}";
        let safe = same_length(text);
        assert_eq!(safe.len(), text.len());
        assert_eq!(safe, "a\nb\r\n\tc???\u{fffd}??end\u{fffd}");
        assert_eq!(safe.find("end"), text.find("end"));
    }

    #[test]
    fn a_clean_text_is_not_copied() {
        for text in ["a: b\r\n\tc\n", "이름: 값 😀\n", ""] {
            assert!(matches!(same_length(text), Cow::Borrowed(_)), "{text:?}");
        }
    }
}
