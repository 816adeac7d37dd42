//! Paths without `.` and `..`, by their text alone: no file is asked.

use std::path::{Component, Path, PathBuf};

/// `path` with each `..` taking the part before it away: right wherever no symbolic link is on the way. Meant for
/// absolute paths.
pub fn plain(path: &Path) -> PathBuf {
    let is_step = |pair: &[u8]| matches!(pair, [b'/' | b'\\', b'.' | b'/' | b'\\']);
    let bytes = path.as_os_str().as_encoded_bytes();
    // Most paths have no such step.
    if !bytes.windows(2).any(is_step)
        && !matches!(bytes.last(), Some(b'/' | b'\\'))
        && !bytes.starts_with(b".")
    {
        return path.to_path_buf();
    }
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

/// `path` without `.` and, where the text tells what it leads to, without `..`: two ways to write one path become one,
/// and a relative path that leaves its folder still does.
pub fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            Component::ParentDir if out.has_root() => {}
            part => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_taken_by_name() {
        for (path, expected) in
            [("/a/./b/../c", "/a/c"), ("/a/b", "/a/b"), ("/a/b/", "/a/b"), ("/../a", "/a"), ("/a//b", "/a/b")]
        {
            assert_eq!(plain(Path::new(path)).as_os_str(), expected, "{path}");
            assert_eq!(normal(Path::new(path)).as_os_str(), expected, "{path}");
        }
        assert_eq!(normal(Path::new("../a/../b")).as_os_str(), "../b");
        assert_eq!(normal(Path::new("./a/b/..")).as_os_str(), "a");
    }
}
