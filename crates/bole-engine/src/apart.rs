//! Who is in no row of a ranking: documents that could not be read, and older resumes.

use std::collections::BTreeMap;

use bole_core::{DocumentId, Reason};

use crate::sorted::{Keyed, Sorted};
use crate::{Page, Unreadable};

/// A document in quarantine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SetAside {
    pub(crate) document: DocumentId,
    pub(crate) reason: Reason,
}

/// Those in no row, as of a position of the log. Copies share what is the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Apart {
    /// Indexed resumes of people who have a newer one.
    pub(crate) older_versions: Sorted<DocumentId>,
    /// Quarantined documents without an indexed twin.
    pub(crate) unreadable: Sorted<SetAside>,
}

impl Apart {
    /// Resumes of people who are ranked by a newer one, by document.
    pub(crate) fn older_versions(&self, page: Page) -> Vec<DocumentId> {
        self.older_versions.iter().copied().skip(page.offset).take(page.limit).collect()
    }

    /// Documents in quarantine without an indexed twin, by document.
    pub(crate) fn unreadable(&self, page: Page) -> Vec<Unreadable> {
        let on_page = self.unreadable.iter().skip(page.offset).take(page.limit);
        let told = on_page.map(|SetAside { document, reason }| Unreadable {
            resume: *document,
            reason: *reason,
            advice: reason.advice(),
        });
        told.collect()
    }

    /// How many are unreadable, by reason.
    pub(crate) fn reasons(&self) -> BTreeMap<Reason, u64> {
        let mut counts = BTreeMap::new();
        for SetAside { reason, .. } in self.unreadable.iter() {
            *counts.entry(*reason).or_default() += 1;
        }
        counts
    }

    /// The memory that they take, in bytes; what copies share is counted in full.
    pub(crate) fn n_bytes(&self) -> usize {
        self.older_versions.n_bytes() + self.unreadable.n_bytes()
    }
}

impl Keyed for SetAside {
    type Key = DocumentId;

    fn key(&self) -> DocumentId {
        self.document
    }
}
