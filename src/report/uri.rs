//! Paths as URIs, relative to the repository's root. Knows nothing of findings; touches no file system.

use std::path::{Path, PathBuf};

use crate::{engine::Outcome, walk};

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// A file as tools name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Uri {
    /// Percent-encoded, without `./`; absolute (`file://…`) when the file lies outside the root.
    pub(super) text: String,
    /// Whether it is relative to the root.
    pub(super) in_root: bool,
}

/// The URI of `path`, which is relative to [`Outcome::base`] or absolute.
pub(super) fn of(outcome: &Outcome, path: &str) -> Uri {
    match placed(outcome, path) {
        (relative, true) => Uri { text: encoded(&relative), in_root: true },
        (absolute, false) => {
            let path = encoded(&absolute);
            // A Windows path begins with its drive, not with a slash.
            let slash = if path.starts_with('/') { "" } else { "/" };
            Uri { text: format!("file://{slash}{path}"), in_root: false }
        }
    }
}

/// `path` from the root, as platforms name files that are not URIs; absolute when it lies outside the root.
pub(super) fn path(outcome: &Outcome, path: &str) -> String {
    let (path, _) = placed(outcome, path);
    let text = path.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

/// `path` relative to the root, or absolute and `false` when it lies outside.
fn placed(outcome: &Outcome, path: &str) -> (PathBuf, bool) {
    let absolute = walk::normal(&outcome.base.join(path));
    let root = walk::normal(&outcome.root);
    match absolute.strip_prefix(&root) {
        Ok(relative) if !relative.starts_with("..") && !relative.is_absolute() => {
            (relative.to_path_buf(), true)
        }
        _ => (absolute, false),
    }
}

/// Everything but RFC 3986's unreserved characters and `/` as `%XX`.
fn encoded(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() };
    let mut uri = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            b':' if cfg!(windows) => uri.push(':'),
            other => {
                uri.push('%');
                uri.push(char::from(HEX[usize::from(other >> 4)]));
                uri.push(char::from(HEX[usize::from(other & 15)]));
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_relative_to_the_root_and_percent_encoded() {
        let outcome =
            Outcome { base: PathBuf::from("/repo/apps"), root: PathBuf::from("/repo"), ..Outcome::default() };
        for (path, text, in_root) in [
            ("web.yaml", "apps/web.yaml", true),
            ("./x/../web.yaml", "apps/web.yaml", true),
            ("../한글 #1.yaml", "%ED%95%9C%EA%B8%80%20%231.yaml", true),
            ("/repo/a:b.yaml", "a%3Ab.yaml", true),
            ("../../other/a b.yaml", "file:///other/a%20b.yaml", false),
            ("/etc/x.yaml", "file:///etc/x.yaml", false),
            ("<stdin>", "apps/%3Cstdin%3E", true),
        ] {
            if cfg!(unix) {
                assert_eq!(of(&outcome, path), Uri { text: text.into(), in_root }, "{path}");
            }
        }
    }

    #[test]
    fn a_path_is_relative_to_the_root_and_as_it_is_written() {
        let outcome =
            Outcome { base: PathBuf::from("/repo/apps"), root: PathBuf::from("/repo"), ..Outcome::default() };
        for (given, expected) in
            [("./웹 %.yaml", "apps/웹 %.yaml"), ("../a:b.yaml", "a:b.yaml"), ("../../c.yaml", "/c.yaml")]
        {
            if cfg!(unix) {
                assert_eq!(path(&outcome, given), expected);
            }
        }
    }

    #[test]
    fn without_a_root_a_relative_path_stays_itself() {
        let uri = of(&Outcome::default(), "a/b.yaml");
        assert_eq!(uri, Uri { text: "a/b.yaml".into(), in_root: true });
    }
}
