/// What names in resources stand for, as far as was asked: content names the same few over and over.
#[derive(Debug)]
pub(crate) struct Memo<T> {
    entries: Vec<(usize, Box<[u8]>, T)>,
}

/// How many answers are kept; the search is linear.
const MAX_ENTRIES: usize = 48;

impl<T: Copy> Memo<T> {
    pub(crate) fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// The answer for `name` in the resources at `place`.
    pub(crate) fn get(&self, place: usize, name: &[u8]) -> Option<T> {
        self.entries
            .iter()
            .find(|(other_place, other_name, _)| *other_place == place && **other_name == *name)
            .map(|(_, _, answer)| *answer)
    }

    pub(crate) fn keep(&mut self, place: usize, name: &[u8], answer: T) {
        if self.entries.len() < MAX_ENTRIES {
            self.entries.push((place, name.into(), answer));
        }
    }
}
