//! Which documents are worth a tree, told from their text alone.

use memchr::memmem;

/// Whether a document may hold an object that rules look at: it says `apiVersion` and `kind` somewhere, and is
/// not a CustomResourceDefinition, whose schema is most of the bytes of many repositories and no rule's business.
/// A yes may be wrong, a no never is.
pub fn may_hold_objects(document: &str) -> bool {
    let bytes = document.as_bytes();
    memmem::find(bytes, b"apiVersion").is_some()
        && memmem::find(bytes, b"kind").is_some()
        && !is_definition(document)
}

/// Whether a document has a line `kind: CustomResourceDefinition` at its first column.
pub fn is_definition(document: &str) -> bool {
    const WORD: &[u8] = b"CustomResourceDefinition";
    let bytes = document.as_bytes();
    memmem::find_iter(bytes, WORD).any(|at| {
        let line = memchr::memrchr2(b'\n', b'\r', &bytes[..at]).map_or(0, |end| end + 1);
        let ends = bytes
            .get(at + WORD.len())
            .is_none_or(|byte| byte.is_ascii_whitespace() || b"\"'#".contains(byte));
        ends && bytes[line..at]
            .strip_prefix(b"kind:")
            .is_some_and(|between| between.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'"' | b'\'')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_documents_that_may_hold_objects_are_kept() {
        let cases = [
            ("apiVersion: v1\nkind: Pod\n", true),
            ("{\"kind\": \"Pod\", \"apiVersion\": \"v1\"}", true),
            ("  apiVersion: v1\n  kind: Pod\n", true),
            ("replicas: 3\n", false),
            ("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n", false),
            ("apiVersion: apiextensions.k8s.io/v1\nkind: \"CustomResourceDefinition\"\n", false),
            ("kind: CustomResourceDefinitionList\napiVersion: v1\n", true),
            ("kind: List\napiVersion: v1\nitems:\n- kind: CustomResourceDefinition\n", true),
        ];
        for (text, expected) in cases {
            assert_eq!(may_hold_objects(text), expected, "{text}");
        }
    }
}
