use std::collections::BTreeMap;
use std::sync::Arc;

/// Values in the order of their keys, kept in chunks that copies share: a copy costs little, and so do a few changes.
#[derive(Clone, Debug)]
pub(crate) struct Sorted<T> {
    /// None is empty.
    chunks: Vec<Arc<[T]>>,
    len: usize,
}

/// What is sorted by a key.
pub(crate) trait Keyed: Copy {
    type Key: Ord + Copy;

    fn key(&self) -> Self::Key;
}

/// Fewer than this are put together with the next ones.
const MIN_VALUES: usize = 256;
/// How many a chunk is given.
const N_VALUES: usize = 512;
/// More than this are parted.
const MAX_VALUES: usize = 1024;

impl<T: Keyed> Sorted<T> {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    pub(crate) fn get(&self, key: T::Key) -> Option<&T> {
        self.from(key).next().filter(|value| value.key() == key)
    }

    /// All from `key` on.
    pub(crate) fn from(&self, key: T::Key) -> impl Iterator<Item = &T> {
        let place = self.chunks.partition_point(|chunk| chunk.last().is_some_and(|last| last.key() < key));
        let (first, others) = match self.chunks.get(place..) {
            Some([first, others @ ..]) => {
                let start = first.partition_point(|value| value.key() < key);
                (first.get(start..).unwrap_or_default(), others)
            }
            _ => (&[][..], &[][..]),
        };
        first.iter().chain(others.iter().flat_map(|chunk| chunk.iter()))
    }

    /// Puts a value in place of that of its key, or, for none, takes it away.
    pub(crate) fn update(&mut self, changes: BTreeMap<T::Key, Option<T>>) {
        if changes.is_empty() {
            return;
        }
        let mut changes = changes.into_iter().peekable();
        let mut made = Vec::with_capacity(self.chunks.len() + 1);
        let mut draft: Vec<T> = Vec::new();
        let mut old = std::mem::take(&mut self.chunks).into_iter().peekable();
        while let Some(chunk) = old.next() {
            // What lies between two chunks goes to the first; what lies behind the last, to the last.
            let bound = old.peek().and_then(|next| next.first()).map(Keyed::key);
            let is_mine = |key: T::Key| bound.is_none_or(|bound| key < bound);
            if draft.is_empty() && !changes.peek().is_some_and(|(key, _)| is_mine(*key)) {
                made.push(chunk);
                continue;
            }
            for value in chunk.iter() {
                while let Some((_, new)) = changes.next_if(|(key, _)| *key < value.key()) {
                    draft.extend(new);
                }
                match changes.next_if(|(key, _)| *key == value.key()) {
                    Some((_, changed)) => draft.extend(changed),
                    None => draft.push(*value),
                }
            }
            while let Some((_, new)) = changes.next_if(|(key, _)| is_mine(*key)) {
                draft.extend(new);
            }
            if draft.len() >= MIN_VALUES {
                cut(&mut draft, &mut made);
            }
        }
        draft.extend(changes.filter_map(|(_, new)| new));
        cut(&mut draft, &mut made);
        self.len = made.iter().map(|chunk| chunk.len()).sum();
        self.chunks = made;
    }

    /// The memory that they take, in bytes; what copies share is counted in full.
    pub(crate) fn n_bytes(&self) -> usize {
        self.chunks.len() * size_of::<Arc<[T]>>() + self.len * size_of::<T>()
    }
}

/// Cuts all of `values` into chunks of like size.
fn cut<T: Copy>(values: &mut Vec<T>, chunks: &mut Vec<Arc<[T]>>) {
    let n_chunks = if values.len() > MAX_VALUES { values.len().div_ceil(N_VALUES) } else { 1 };
    let n_values = values.len().div_ceil(n_chunks).max(1);
    chunks.extend(values.chunks(n_values).map(Arc::from));
    values.clear();
}

impl<T> Default for Sorted<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), len: 0 }
    }
}

/// The same values, however they are cut into chunks.
impl<T: Keyed + PartialEq> PartialEq for Sorted<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Keyed for u64 {
        type Key = Self;

        fn key(&self) -> Self {
            *self
        }
    }

    #[test]
    fn changes_are_those_of_a_map() {
        let mut sorted = Sorted::default();
        let mut model: BTreeMap<u64, u64> = BTreeMap::new();
        let mut seed: u64 = 1;
        for round in 0..40_u64 {
            let copy = (sorted.clone(), model.clone());
            let mut changes = BTreeMap::new();
            for _ in 0..(round * 37 % 1500) {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let key = seed >> 33 & 0xfff;
                changes.insert(key, (seed >> 50 & 3 != 0).then_some(key));
            }
            for (key, value) in &changes {
                match value {
                    Some(value) => model.insert(*key, *value),
                    None => model.remove(key),
                };
            }
            sorted.update(changes);
            assert!(sorted.iter().eq(model.values()));
            assert_eq!(sorted.len(), model.len());
            assert!(sorted.chunks.iter().all(|chunk| !chunk.is_empty() && chunk.len() <= MAX_VALUES));
            for key in (0..0x1000).step_by(97) {
                assert_eq!(sorted.get(key), model.get(&key));
                assert!(sorted.from(key).eq(model.range(key..).map(|(_, value)| value)));
            }
            assert!(copy.0.iter().eq(copy.1.values()), "a copy stays as it is");
        }
    }
}
