//! `file:` URIs and paths (RFC 8089, and the forms that editors send).

use std::path::{Path, PathBuf};

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// The path that `uri` names; `None` where it names no file.
pub(super) fn to_path(uri: &str) -> Option<PathBuf> {
    let rest = strip_scheme(uri)?;
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/')?),
        None => ("", rest),
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = decoded(path)?;
    if path.contains('\0') || !path.starts_with('/') {
        return None;
    }
    if !authority.is_empty() && !authority.eq_ignore_ascii_case("localhost") {
        // Another machine: a name for Windows alone.
        return cfg!(windows).then(|| PathBuf::from(format!("//{authority}{path}")));
    }
    // `/c:/x` and `/C|/x` on Windows; on other systems a folder may be called so.
    if cfg!(windows) && has_drive(&path) {
        return Some(PathBuf::from(path[1..].replacen('|', ":", 1)));
    }
    Some(PathBuf::from(path))
}

/// The URI of the file at `path`, which is absolute.
pub(super) fn of_path(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() };
    // The long form of Windows' own calls.
    let text = text.strip_prefix("//?/").unwrap_or(&text);
    let slash = if text.starts_with('/') { "" } else { "/" };
    let mut uri = format!("file://{slash}");
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            other => {
                uri.push('%');
                uri.push(char::from(HEX[usize::from(other >> 4)]));
                uri.push(char::from(HEX[usize::from(other & 15)]));
            }
        }
    }
    uri
}

/// What follows `file:`, in any case.
fn strip_scheme(uri: &str) -> Option<&str> {
    let (scheme, rest) = uri.split_once(':')?;
    scheme.eq_ignore_ascii_case("file").then_some(rest)
}

fn has_drive(path: &str) -> bool {
    let bytes = path.as_bytes();
    matches!(bytes, [b'/', letter, b':' | b'|', ..] if letter.is_ascii_alphabetic())
}

/// `text` with its `%XX` decoded; `None` where that is no UTF-8. A `%` that stands for itself stays.
fn decoded(text: &str) -> Option<String> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digits = (digit(bytes.get(at + 1)), digit(bytes.get(at + 2)));
        if let (b'%', (Some(high), Some(low))) = (byte, digits) {
            out.push((high * 16 + low) as u8);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn files_are_found_in_every_form_and_nothing_else_is_one() {
        for (uri, path) in [
            ("file:///a/b.yaml", Some("/a/b.yaml")),
            ("file:/a/b.yaml", Some("/a/b.yaml")),
            ("FILE://localhost/a%20b/%ED%95%9C.yaml", Some("/a b/한.yaml")),
            ("file:///c%3A/x.yaml", Some("/c:/x.yaml")),
            ("file:///a/100%.yaml", Some("/a/100%.yaml")),
            ("file:///a.yaml?x#y", Some("/a.yaml")),
            ("file://server/share/a.yaml", None),
            ("file:///a%00b", None),
            ("file:///%FF", None),
            ("file:a.yaml", None),
            ("file://", None),
            ("untitled:Untitled-1", None),
            ("git:/a/b.yaml?ref", None),
            ("http://x/a.yaml", None),
            ("", None),
            ("%", None),
        ] {
            assert_eq!(to_path(uri), path.map(PathBuf::from), "{uri}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_path_comes_back_from_its_uri() {
        for path in ["/a/b.yaml", "/한글 #1/x?y.yaml", "/a%20b:c", "/"] {
            assert_eq!(to_path(&of_path(Path::new(path))), Some(PathBuf::from(path)), "{path}");
        }
    }
}
