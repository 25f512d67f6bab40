use std::collections::HashMap;

/// What names in resources stand for, as far as was asked: content names the same few over and over.
#[derive(Debug)]
pub(crate) struct Memo<T> {
    /// The first, among which the search is linear: nearly all files have no more.
    few: Vec<(usize, Box<[u8]>, T)>,
    /// By place and name. Hashed with a key of its own, for the names are the file's choice.
    more: HashMap<usize, HashMap<Box<[u8]>, T>>,
    n_more: usize,
}

const MAX_FEW: usize = 48;
/// When there are more answers, they are looked up anew.
const MAX_MORE: usize = 1 << 14;
/// Longer names are none by ISO 32000-1, annex C, and not kept.
const MAX_NAME_BYTES: usize = 127;

impl<T: Copy> Memo<T> {
    pub(crate) fn new() -> Self {
        Self { few: Vec::new(), more: HashMap::new(), n_more: 0 }
    }

    /// The answer for `name` in the resources at `place`.
    pub(crate) fn get(&self, place: usize, name: &[u8]) -> Option<T> {
        let few = self
            .few
            .iter()
            .find(|(other_place, other_name, _)| *other_place == place && **other_name == *name);
        match few {
            Some((_, _, answer)) => Some(*answer),
            None if self.n_more == 0 => None,
            None => self.more.get(&place)?.get(name).copied(),
        }
    }

    /// Keeps the answer for a name that was not known.
    pub(crate) fn keep(&mut self, place: usize, name: &[u8], answer: T) {
        if name.len() > MAX_NAME_BYTES {
            return;
        }
        if self.few.len() < MAX_FEW {
            self.few.push((place, name.into(), answer));
            return;
        }
        if self.n_more >= MAX_MORE {
            self.more.clear();
            self.n_more = 0;
        }
        self.more.entry(place).or_default().insert(name.into(), answer);
        self.n_more += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_names_are_known_and_the_number_is_bounded() {
        let mut memo = Memo::new();
        let n_names = MAX_FEW + MAX_MORE;
        for index in 0..n_names {
            assert_eq!(memo.get(index % 7, index.to_string().as_bytes()), None);
            memo.keep(index % 7, index.to_string().as_bytes(), index);
        }
        for index in 0..n_names {
            assert_eq!(memo.get(index % 7, index.to_string().as_bytes()), Some(index));
        }
        memo.keep(0, b"one more", 0);
        assert_eq!((memo.get(0, b"one more"), memo.n_more), (Some(0), 1));
        memo.keep(0, &[b'n'; 200], 0);
        assert_eq!(memo.get(0, &[b'n'; 200]), None);
    }
}
