/// A stretch of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many come before it.
    pub offset: usize,
    /// How many it has at most.
    pub limit: usize,
}

impl Page {
    /// All of a list.
    pub const WHOLE: Self = Self { offset: 0, limit: usize::MAX };

    /// What of `list` is on it; nothing of it lies beyond the end.
    pub(crate) fn of<T>(self, list: &[T]) -> &[T] {
        let start = self.offset.min(list.len());
        let end = self.offset.saturating_add(self.limit).min(list.len());
        list.get(start..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_end_there_is_nothing() {
        let list = [1, 2, 3, 4, 5];
        let page = |offset, limit| Page { offset, limit }.of(&list).to_vec();
        assert_eq!(Page::WHOLE.of(&list), list);
        assert_eq!(page(0, 2), [1, 2]);
        assert_eq!(page(4, 2), [5]);
        assert_eq!(page(5, 2), [0; 0]);
        assert_eq!(page(usize::MAX, usize::MAX), [0; 0]);
        assert_eq!(page(2, 0), [0; 0]);
        assert_eq!(page(3, usize::MAX), [4, 5]);
    }
}
