//! stub
use super::Node;
/// stub
pub fn duplicate_keys<'a>(root: Node<'a>) -> Vec<(Node<'a>, Node<'a>)> {
    let _ = root;
    Vec::new()
}
