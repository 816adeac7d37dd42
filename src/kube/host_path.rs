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

/// The path that a node's kernel follows, in one spelling: no doubled or trailing slashes, no `.` or `..`, and
/// `/run` for `/var/run`, which is a link to it. A Windows path is given in lower case with forward slashes.
pub fn normal_path(written: &str) -> String {
    if written.contains('\\') {
        return written.replace('\\', "/").to_ascii_lowercase();
    }
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
    format!("/{}", parts.join("/"))
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
            (r"C:\ProgramData", "c:/programdata"),
        ];
        for (written, normal) in cases {
            assert_eq!(normal_path(written), normal, "{written}");
        }
    }

    #[test]
    fn a_path_lies_within_whole_components() {
        assert!(is_within("/etc", "/etc") && is_within("/etc/kubernetes", "/etc") && is_within("/etc", "/"));
        assert!(!is_within("/etcd", "/etc") && !is_within("/", "/etc"));
    }
}
