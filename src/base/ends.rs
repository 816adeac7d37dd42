//! What two texts have in common at both ends.

/// How many bytes `old` and `new` share at the start and, behind that, at the end: whole characters only.
pub fn common_ends(old: &str, new: &str) -> (usize, usize) {
    let mut head = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
    while !old.is_char_boundary(head) || !new.is_char_boundary(head) {
        head -= 1;
    }
    let (old, new) = (&old[head..], &new[head..]);
    let mut tail = old.bytes().rev().zip(new.bytes().rev()).take_while(|(a, b)| a == b).count();
    while !old.is_char_boundary(old.len() - tail) || !new.is_char_boundary(new.len() - tail) {
        tail -= 1;
    }
    (head, tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_do_not_overlap_and_cut_no_character() {
        for (old, new, ends) in [
            ("", "", (0, 0)),
            ("abc", "abc", (3, 0)),
            ("abc", "axc", (1, 1)),
            ("aa", "aaa", (2, 0)),
            ("xab", "ab", (0, 2)),
            ("é", "è", (0, 0)),
            ("a안b", "a앉b", (1, 1)),
        ] {
            assert_eq!(common_ends(old, new), ends, "{old} and {new}");
        }
    }
}
