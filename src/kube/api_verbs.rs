//! The verbs by which the API server asks whether a request is allowed. Source: the Kubernetes documentation, pages
//! "Authorization", "Using RBAC authorization" and "Certificates and certificate signing requests".

/// Verbs of requests for resources, and those that the API server asks about on top of them.
const OF_RESOURCES: &[&str] = &[
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "approve",
    "attest",
    "bind",
    "escalate",
    "impersonate",
    "proxy",
    "request-serviceaccounts-token-audience",
    "sign",
    "use",
];

/// Verbs of requests for paths that are no resources: the HTTP methods in lower case.
const OF_PATHS: &[&str] = &["get", "head", "post", "put", "patch", "delete", "options", "connect", "trace"];

/// The verbs that are asked about: for paths, or for resources.
pub fn api_verbs(of_paths: bool) -> &'static [&'static str] {
    if of_paths { OF_PATHS } else { OF_RESOURCES }
}

/// Whether a rule of a role may allow something by `verb`: for paths, or for resources. Words with a colon are verbs
/// with a scope, of which later releases bring more.
pub fn is_api_verb(verb: &str, of_paths: bool) -> bool {
    verb == "*" || api_verbs(of_paths).contains(&verb) || !of_paths && verb.contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_are_compared_letter_by_letter_and_paths_have_methods() {
        let cases = [
            ("get", true, true),
            ("list", true, false),
            ("post", false, true),
            ("GET", false, false),
            ("label", false, false),
            ("escalate", true, false),
            ("impersonate:user-info", true, false),
            ("*", true, true),
        ];
        for (verb, of_resources, of_paths) in cases {
            assert_eq!(
                (is_api_verb(verb, false), is_api_verb(verb, true)),
                (of_resources, of_paths),
                "{verb}"
            );
        }
    }
}
