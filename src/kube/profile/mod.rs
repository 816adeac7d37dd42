//! The profiles that confine containers, AppArmor's and seccomp's: what they are called in the annotations of
//! old and in the fields of today.

mod annotation;
mod field;
mod stray;

use std::borrow::Cow;

use crate::base::{Minor, did_you_mean};

pub use annotation::{Beside, ProfileAnnotation, Scope, profile_annotations};
pub use field::{ProfileField, profile_fields};
pub use stray::stray_metadata;

/// A part of the kernel that confines processes by a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confinement {
    /// Which files and capabilities a process may use.
    AppArmor,
    /// Which system calls it may make.
    Seccomp,
}

impl Confinement {
    /// The field of a pod's or a container's `securityContext`.
    pub fn field(self) -> &'static str {
        match self {
            Confinement::AppArmor => "appArmorProfile",
            Confinement::Seccomp => "seccompProfile",
        }
    }

    /// The first Kubernetes version that knows the field without a feature gate.
    pub fn field_since(self) -> Minor {
        match self {
            Confinement::AppArmor => Minor(30),
            Confinement::Seccomp => Minor(19),
        }
    }

    /// The first Kubernetes version that no longer looks at the annotations.
    pub fn annotation_until(self) -> Option<Minor> {
        match self {
            Confinement::AppArmor => None,
            Confinement::Seccomp => Some(Minor(27)),
        }
    }

    /// What comes before the container's name in an annotation for one container.
    pub fn container_prefix(self) -> &'static str {
        match self {
            Confinement::AppArmor => "container.apparmor.security.beta.kubernetes.io/",
            Confinement::Seccomp => "container.seccomp.security.alpha.kubernetes.io/",
        }
    }

    /// The annotation for the whole pod.
    pub fn pod_key(self) -> Option<&'static str> {
        match self {
            Confinement::AppArmor => None,
            Confinement::Seccomp => Some("seccomp.security.alpha.kubernetes.io/pod"),
        }
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Confinement::AppArmor => "AppArmor",
            Confinement::Seccomp => "seccomp",
        }
    }
}

/// A choice of profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Profile<'a> {
    /// The container runtime's own.
    RuntimeDefault,
    /// None.
    Unconfined,
    /// One that lies on the node; for seccomp a path below the kubelet's folder of profiles.
    Localhost(Cow<'a, str>),
}

const TYPES: [&str; 3] = ["RuntimeDefault", "Localhost", "Unconfined"];

impl<'a> Profile<'a> {
    /// What an annotation's value means to Kubernetes; `None` for one that means nothing to it. Source:
    /// `ValidateAppArmorProfileFormat` and `ValidateSeccompProfile` of the API server.
    pub fn of_annotation(confinement: Confinement, value: Cow<'a, str>) -> Option<Self> {
        match &*value {
            "runtime/default" => return Some(Profile::RuntimeDefault),
            "docker/default" if confinement == Confinement::Seccomp => return Some(Profile::RuntimeDefault),
            "unconfined" => return Some(Profile::Unconfined),
            _ => {}
        }
        let name = match value {
            Cow::Borrowed(value) => Cow::Borrowed(value.strip_prefix("localhost/")?),
            Cow::Owned(value) => Cow::Owned(value.strip_prefix("localhost/")?.to_owned()),
        };
        (!name.is_empty()).then_some(Profile::Localhost(name))
    }

    /// The profile that somebody meant who wrote `word`, in whatever form; `None` where that is anybody's
    /// guess.
    pub fn meant_by(word: &str) -> Option<Profile<'static>> {
        let word = word.trim();
        let plain: String = word.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        match &*plain {
            "" => return None,
            "default" | "dockerdefault" | "containerddefault" | "criodefault" => {
                return Some(Profile::RuntimeDefault);
            }
            "none" | "off" | "disable" | "disabled" | "false" => return Some(Profile::Unconfined),
            _ => {}
        }
        if let Some(name) = after_localhost(word) {
            return Some(Profile::Localhost(Cow::Owned(name.to_owned())));
        }
        match did_you_mean(&plain, ["runtimedefault", "unconfined"])? {
            "runtimedefault" => Some(Profile::RuntimeDefault),
            _ => Some(Profile::Unconfined),
        }
    }

    /// Its `type` in the field.
    pub fn type_name(&self) -> &'static str {
        match self {
            Profile::RuntimeDefault => TYPES[0],
            Profile::Localhost(_) => TYPES[1],
            Profile::Unconfined => TYPES[2],
        }
    }

    /// As an annotation's value.
    pub fn in_annotation(&self) -> String {
        match self {
            Profile::RuntimeDefault => "runtime/default".to_owned(),
            Profile::Unconfined => "unconfined".to_owned(),
            Profile::Localhost(name) => format!("localhost/{name}"),
        }
    }

    /// As the field's value, in YAML's flow style.
    pub fn in_field(&self) -> String {
        let kind = self.type_name();
        match self {
            Profile::Localhost(name) => format!("{{type: {kind}, localhostProfile: {}}}", quoted(name)),
            _ => format!("{{type: {kind}}}"),
        }
    }
}

/// What follows `localhost` and a separator, if something does.
fn after_localhost(word: &str) -> Option<&str> {
    const WORD: &str = "localhost";
    let head = word.get(..WORD.len()).filter(|head| head.eq_ignore_ascii_case(WORD))?;
    let rest = word[head.len()..].strip_prefix(['/', ':', '\\', '=', ' '])?;
    let name = rest.trim_start_matches(['/', ' ']);
    (!name.is_empty()).then_some(name)
}

/// `name` as it may stand in a flow mapping.
fn quoted(name: &str) -> Cow<'_, str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_word) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotation_values_are_read_as_the_api_server_reads_them() {
        use Confinement::{AppArmor, Seccomp};
        let read = |confinement, value: &'static str| Profile::of_annotation(confinement, value.into());
        assert_eq!(read(AppArmor, "runtime/default"), Some(Profile::RuntimeDefault));
        assert_eq!(read(AppArmor, "unconfined"), Some(Profile::Unconfined));
        assert_eq!(read(AppArmor, "localhost/a/b"), Some(Profile::Localhost("a/b".into())));
        assert_eq!(read(Seccomp, "docker/default"), Some(Profile::RuntimeDefault));
        for value in ["docker/default", "", "localhost/", "localhost:a", "RuntimeDefault", "Unconfined", "a"]
        {
            assert_eq!(read(AppArmor, value), None, "{value}");
        }
    }

    #[test]
    fn misspelt_profiles_are_understood() {
        for (word, meant) in [
            ("runtime/Default", Some("runtime/default")),
            ("RuntimeDefault", Some("runtime/default")),
            ("Runtime/default ", Some("runtime/default")),
            ("runtime-defualt", Some("runtime/default")),
            ("docker/default", Some("runtime/default")),
            ("Unconfined", Some("unconfined")),
            ("unconfned", Some("unconfined")),
            ("localhost:name", Some("localhost/name")),
            ("Localhost/a/b", Some("localhost/a/b")),
            ("localhost//a", Some("localhost/a")),
            ("localhost", None),
            ("localhost/", None),
            ("k8s-deny-write", None),
            ("", None),
            ("한국어/프로필", None),
        ] {
            assert_eq!(Profile::meant_by(word).map(|it| it.in_annotation()).as_deref(), meant, "{word}");
        }
    }

    #[test]
    fn fields_are_written_so_that_they_can_be_pasted() {
        let local = |name: &'static str| Profile::Localhost(name.into()).in_field();
        assert_eq!(Profile::RuntimeDefault.in_field(), "{type: RuntimeDefault}");
        assert_eq!(local("profiles/audit.json"), "{type: Localhost, localhostProfile: profiles/audit.json}");
        assert_eq!(local("a, \"b\""), "{type: Localhost, localhostProfile: \"a, \\\"b\\\"\"}");
    }
}
