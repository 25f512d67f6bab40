use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The API keys of an installation, by portal. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    of_portals: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Keys {
    /// What a portal sends as `Authorization`; a key of nobody's if it has none.
    pub fn bearer(&self, portal: &str) -> String {
        let keys = self.of_portals.lock().unwrap_or_else(PoisonError::into_inner);
        format!("Bearer {}", keys.get(portal).map_or("none", String::as_str))
    }

    /// Keeps the key of a portal.
    pub fn keep(&self, portal: &str, key: &str) {
        let mut keys = self.of_portals.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(portal.to_owned(), key.to_owned());
    }
}
