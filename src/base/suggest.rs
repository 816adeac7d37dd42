//! The nearest known word to one that nobody knows.

/// The candidate that `word` was most likely meant to be; `None` when none is near. Of equally near ones, the
/// first in alphabetical order.
pub fn did_you_mean<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    // Long inputs are no typing mistakes, and the distance costs the product of the lengths.
    if word.is_empty() || word.len() > 80 {
        return None;
    }
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Edits between the two, a swap of neighbours counting as one and the case as none; two words of which one
/// begins with the other are one edit apart.
fn distance(word: &str, candidate: &str) -> usize {
    let (word, candidate) = (word.to_lowercase(), candidate.to_lowercase());
    let edits = strsim::osa_distance(&word, &candidate);
    let is_start = word.len() >= 4 && candidate.starts_with(&word);
    if is_start { edits.min(1) } else { edits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found_and_a_far_one_is_not() {
        let words = ["select", "exclude", "extend-select", "host-network", "host-pid"];
        for (typed, meant) in [
            ("slect", Some("select")),
            ("Select", Some("select")),
            ("extend_select", Some("extend-select")),
            ("host-netwrok", Some("host-network")),
            ("host-net", Some("host-network")),
            ("host-ipc", Some("host-pid")),
            ("privileged", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(did_you_mean(typed, words), meant, "{typed}");
        }
    }
}
