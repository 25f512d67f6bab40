use rustc_hash::FxHashMap;

/// A map from character codes to non-zero values: pages of 256 for the codes up to two bytes, a hash map beyond.
#[derive(Clone, Debug, Default)]
pub(crate) struct CodeTable {
    pages: Vec<Option<Box<[u32; 256]>>>,
    beyond: FxHashMap<u32, u32>,
}

impl CodeTable {
    /// The value of `code`; 0 where there is none.
    #[inline]
    pub(crate) fn get(&self, code: u32) -> u32 {
        if code > 0xffff {
            return self.beyond.get(&code).copied().unwrap_or(0);
        }
        self.pages
            .get((code >> 8) as usize)
            .and_then(Option::as_ref)
            .and_then(|page| page.get((code & 0xff) as usize))
            .copied()
            .unwrap_or(0)
    }

    pub(crate) fn set(&mut self, code: u32, value: u32) {
        if code > 0xffff {
            self.beyond.insert(code, value);
            return;
        }
        let page_index = (code >> 8) as usize;
        if self.pages.len() <= page_index {
            self.pages.resize_with(page_index + 1, || None);
        }
        if let Some(page) = self.pages.get_mut(page_index)
            && let Some(slot) = page.get_or_insert_with(|| Box::new([0; 256])).get_mut((code & 0xff) as usize)
        {
            *slot = value;
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pages.is_empty() && self.beyond.is_empty()
    }
}
