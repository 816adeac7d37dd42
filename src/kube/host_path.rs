//! Volumes that mount a path of the node, and when two such paths are the same.

use std::borrow::Cow;

use super::{Place, Pod, read_text};
use crate::yaml::{Node, Path};

/// A `hostPath` volume of a pod.
#[derive(Debug, Clone)]
pub struct HostPath<'a> {
    /// The volume's name.
    pub name: Option<Cow<'a, str>>,
    /// The path as written.
    pub written: Cow<'a, str>,
    /// The path as [`normal_path`] gives it.
    pub normal: String,
    /// Where the path stands.
    pub place: Place,
}

impl<'a> Pod<'a> {
    /// The volumes that mount a known path of the node.
    pub fn host_paths(&self) -> impl Iterator<Item = HostPath<'a>> + use<'a> {
        let pod = *self;
        let volumes = self.spec.get("volumes").into_iter().flat_map(Node::items);
        volumes.enumerate().filter_map(move |(index, volume)| {
            let path = volume.get("hostPath")?.get("path")?;
            let written = read_text(Some(path)).known().filter(|written| !written.is_empty())?;
            let prefix = format!("{}.volumes[{index}]", pod.path());
            let place = Place::find(&prefix, volume, &Path::of(&["hostPath", "path"]), volume.head());
            let name = volume.get("name").and_then(Node::text);
            Some(HostPath { name, normal: normal_path(&written), written, place })
        })
    }
}

impl HostPath<'_> {
    /// What to call the volume in a message.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }
}

/// Whether the path is `root` or lies below it; both as [`normal_path`] gives them.
pub fn is_within(path: &str, root: &str) -> bool {
    let rest = path.strip_prefix(root.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// As [`is_within`], where `*` in a component of `pattern` stands for any characters, once in each.
pub fn is_within_pattern(path: &str, pattern: &str) -> bool {
    let mut own = components(path);
    components(pattern).all(|component| own.next().is_some_and(|it| fits(it, component)))
}

/// Whether a component of a path is called as `pattern` says, in which `*` stands for any characters.
pub fn fits(component: &str, pattern: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else { return component == pattern };
    component.strip_prefix(head).is_some_and(|rest| rest.ends_with(tail))
}

/// The names of which a path is made.
pub fn components(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|component| !component.is_empty())
}

/// The path that a node's kernel follows, in one spelling: no doubled or trailing slashes, no `.` or `..`, and
/// `/run` for `/var/run`, which is a link to it. A Windows path is given in lower case with forward slashes.
pub fn normal_path(written: &str) -> String {
    if is_windows(written) {
        return normal_windows_path(&written.replace('\\', "/").to_ascii_lowercase());
    }
    format!("/{}", settled(written).join("/"))
}

/// Whether it has a backslash or begins with a drive.
fn is_windows(written: &str) -> bool {
    let has_drive = matches!(written.as_bytes(), [drive, b':', rest @ ..]
        if drive.is_ascii_alphabetic() && matches!(rest, [] | [b'/', ..]));
    has_drive || written.contains('\\')
}

fn normal_windows_path(path: &str) -> String {
    // `//./pipe/…` is the name of a pipe: its dot is a name like any other.
    if path.starts_with("//") {
        return path.trim_end_matches('/').to_owned();
    }
    match settled(path).as_slice() {
        [drive] if drive.ends_with(':') => format!("{drive}/"),
        parts @ [drive, ..] if drive.ends_with(':') => parts.join("/"),
        parts => format!("/{}", parts.join("/")),
    }
}

/// The names of which `written` is made once `.`, `..` and the link at `/var/run` are followed.
fn settled(written: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = Vec::new();
    for part in written.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
        // A link is followed before the `..` behind it.
        if parts == ["var", "run"] {
            parts = vec!["run"];
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_path_are_one() {
        let cases = [
            ("/", "/"),
            ("//", "/"),
            ("/etc/", "/etc"),
            ("/etc//kubernetes/./pki", "/etc/kubernetes/pki"),
            ("/var/run/docker.sock", "/run/docker.sock"),
            ("/var/run/", "/run"),
            ("/var/run/..", "/"),
            ("/var/run/../run/docker.sock", "/run/docker.sock"),
            ("/var/runner", "/var/runner"),
            ("/opt/var/run", "/opt/var/run"),
            ("/data/../../etc", "/etc"),
            (r"\\.\pipe\docker_engine", "//./pipe/docker_engine"),
            (r"\\.\pipe\", "//./pipe"),
            (r"C:\ProgramData", "c:/programdata"),
            (r"C:\Windows\..\ProgramData\\docker\", "c:/programdata/docker"),
            ("c:/var/run", "c:/var/run"),
            (r"C:\", "c:/"),
            ("C:", "c:/"),
            ("c:file", "/c:file"),
            (r"\k\config", "/k/config"),
        ];
        for (written, normal) in cases {
            assert_eq!(normal_path(written), normal, "{written}");
        }
    }

    #[test]
    fn a_path_lies_within_whole_components() {
        assert!(is_within("/etc", "/etc") && is_within("/etc/kubernetes", "/etc") && is_within("/etc", "/"));
        assert!(!is_within("/etcd", "/etc") && !is_within("/", "/etc"));
        assert!(is_within("c:/k", "c:/") && !is_within("c:/k", "c:/kube"));
    }

    #[test]
    fn a_star_stands_for_any_characters_of_one_component() {
        for (path, pattern) in [
            ("/etc/cron.d/job", "/etc/cron*"),
            ("/etc/crontab", "/etc/cron*"),
            ("/dev/sda1", "/dev/sd*"),
            ("/home/ops/.ssh/id", "/home/*/.ssh"),
            ("/a/node.conf", "/a/n*.conf"),
            ("/etc", "/"),
        ] {
            assert!(is_within_pattern(path, pattern), "{path} {pattern}");
        }
        for (path, pattern) in [
            ("/etc", "/etc/cron*"),
            ("/home/.ssh", "/home/*/.ssh"),
            ("/home/a/b/.ssh", "/home/*/.ssh"),
            ("/dev/shm", "/dev/sd*"),
            ("/a/n.co", "/a/n*.conf"),
            ("/a/aba", "/a/ab*ba"),
        ] {
            assert!(!is_within_pattern(path, pattern), "{path} {pattern}");
        }
    }
}
