//! Image references, taken apart as container runtimes do.

/// The parts of an image reference. Source: the reference grammar of the OCI distribution project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Image<'a> {
    /// The registry's host with its port, where one is named; otherwise the runtime's default, Docker Hub.
    pub registry: Option<&'a str>,
    /// The path below the registry: `library/nginx`, `nginx`.
    pub repository: &'a str,
    /// What stands after the `:`.
    pub tag: Option<&'a str>,
    /// What stands after the `@`: `sha256:…`.
    pub digest: Option<&'a str>,
}

impl<'a> Image<'a> {
    /// Takes `reference` apart; `None` when it is empty or has an empty part.
    pub fn parse(reference: &'a str) -> Option<Self> {
        let (rest, digest) = match reference.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (reference, None),
        };
        // A colon before the last slash is a port, not a tag.
        let name_at = rest.rfind('/').map_or(0, |slash| slash + 1);
        let (name, tag) = match rest[name_at..].find(':') {
            Some(colon) => (&rest[..name_at + colon], Some(&rest[name_at + colon + 1..])),
            None => (rest, None),
        };
        // The first part is a host if it looks like one; `library/nginx` has none.
        let (registry, repository) = match name.split_once('/') {
            Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => (Some(host), path),
            _ => (None, name),
        };
        let parts = [Some(repository), registry, tag, digest];
        let complete = parts.into_iter().flatten().all(|part| !part.is_empty());
        complete.then_some(Self { registry, repository, tag, digest })
    }

    /// Whether the text that runs may change under the same reference: no digest, and the tag `latest` or none.
    pub fn is_floating(&self) -> bool {
        self.digest.is_none() && self.tag.is_none_or(|tag| tag == "latest")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_taken_apart() {
        let image = |registry, repository, tag, digest| Some(Image { registry, repository, tag, digest });
        let cases = [
            ("nginx", image(None, "nginx", None, None)),
            ("nginx:1.27", image(None, "nginx", Some("1.27"), None)),
            ("library/nginx", image(None, "library/nginx", None, None)),
            ("host:5000/app", image(Some("host:5000"), "app", None, None)),
            ("host:5000/app:v1", image(Some("host:5000"), "app", Some("v1"), None)),
            ("localhost/app", image(Some("localhost"), "app", None, None)),
            ("r.example/a/b:1@sha256:0f", image(Some("r.example"), "a/b", Some("1"), Some("sha256:0f"))),
            ("", None),
            ("nginx:", None),
            ("nginx@", None),
            ("r.example/", None),
        ];
        for (text, expected) in cases {
            assert_eq!(Image::parse(text), expected, "{text}");
        }
    }
}
