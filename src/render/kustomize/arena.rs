//! A list that grows while others look at it: what is put in stays where it is.

use std::sync::OnceLock;

/// Places in one link.
const LINK: usize = 64;

/// Values that live as long as the list.
#[derive(Debug)]
pub(super) struct Arena<T> {
    first: OnceLock<Box<Link<T>>>,
}

#[derive(Debug)]
struct Link<T> {
    values: [OnceLock<T>; LINK],
    next: OnceLock<Box<Link<T>>>,
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self { first: OnceLock::new() }
    }
}

impl<T> Arena<T> {
    /// Puts `value` in.
    pub(super) fn keep(&self, value: T) -> &T {
        let mut value = value;
        let mut slot = &self.first;
        loop {
            let link = slot.get_or_init(|| {
                Box::new(Link { values: std::array::from_fn(|_| OnceLock::new()), next: OnceLock::new() })
            });
            for place in &link.values {
                if place.get().is_some() {
                    continue;
                }
                match place.set(value) {
                    Ok(()) => {
                        if let Some(kept) = place.get() {
                            return kept;
                        }
                        unreachable!("a place that was just filled is full");
                    }
                    // Another thread was faster.
                    Err(back) => value = back,
                }
            }
            slot = &link.next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_stays_while_more_comes() {
        let arena = Arena::default();
        let kept: Vec<&String> = (0..200).map(|number| arena.keep(number.to_string())).collect();
        assert!(kept.iter().enumerate().all(|(number, text)| **text == number.to_string()));
    }
}
