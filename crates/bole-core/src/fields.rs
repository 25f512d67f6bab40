use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::{FieldId, fold_for_matching};

/// For which fields the submissions of a document were sent.
///
/// It only grows, and does not depend on the order in which they came. Stored as a JSON list, `null` for the
/// submissions that name no field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<Option<FieldId>>", into = "Vec<Option<FieldId>>")]
pub struct DocumentFields {
    named: BTreeSet<FieldId>,
    any: bool,
}

impl FieldId {
    /// What stands for "no field" where fields are told as names; no field is called so.
    pub const ANY: &str = "any";
    /// The longest name that a submission may give, in bytes.
    pub const MAX_BYTES: usize = 64;

    /// The one form in which a field's name is compared: folded, lower case, letters and digits with single dashes
    /// between them. None if no letter and no digit is left, if it is too long, and for [`FieldId::ANY`].
    pub fn normal(name: &str) -> Option<Self> {
        let normal = Self::dashed(name);
        // Marks alone are letters to Unicode, and no word to a search.
        let has_word = normal.chars().any(|scalar| scalar != '-' && !is_combining_mark(scalar));
        let is_short = name.len() <= Self::MAX_BYTES && normal.len() <= Self::MAX_BYTES;
        // What folds further would be compared as another.
        let is_name = has_word && is_short && normal != Self::ANY && Self::dashed(&normal) == normal;
        is_name.then_some(Self(normal))
    }

    fn dashed(name: &str) -> String {
        let (folded, _) = fold_for_matching(&name.nfkc().collect::<String>());
        let words = folded.split(|scalar| !scalar.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(|word| word.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    }
}

impl DocumentFields {
    /// The most names that are kept of one document.
    pub const MAX_NAMES: usize = 16;

    /// What one submission says. A hint that is no [name](FieldId::normal) counts as none: nobody is hidden by a slip.
    pub fn of(hint: Option<&FieldId>) -> Self {
        [hint.cloned()].into_iter().collect()
    }

    /// Takes in what other submissions say. Of more names than are kept the first in order stay, and the others count as
    /// "no field".
    pub fn merge(&mut self, other: &Self) {
        self.any |= other.any;
        self.named.extend(other.named.iter().cloned());
        while self.named.len() > Self::MAX_NAMES {
            self.named.pop_last();
            self.any = true;
        }
    }

    /// The fields that are named.
    pub fn named(&self) -> &BTreeSet<FieldId> {
        &self.named
    }

    /// Whether a submission names no field: the document is for all of them.
    pub fn any(&self) -> bool {
        self.any
    }

    /// The names, [`FieldId::ANY`] among them if a submission names no field.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let any = self.any.then_some(FieldId::ANY);
        any.into_iter().chain(self.named.iter().map(|field| field.0.as_str()))
    }
}

impl FromIterator<Option<FieldId>> for DocumentFields {
    fn from_iter<T: IntoIterator<Item = Option<FieldId>>>(hints: T) -> Self {
        let mut fields = Self::default();
        for hint in hints {
            let named: BTreeSet<_> = hint.and_then(|hint| FieldId::normal(&hint.0)).into_iter().collect();
            fields.merge(&Self { any: named.is_empty(), named });
        }
        fields
    }
}

impl From<Vec<Option<FieldId>>> for DocumentFields {
    fn from(hints: Vec<Option<FieldId>>) -> Self {
        hints.into_iter().collect()
    }
}

impl From<DocumentFields> for Vec<Option<FieldId>> {
    fn from(fields: DocumentFields) -> Self {
        let any = fields.any.then_some(None);
        any.into_iter().chain(fields.named.into_iter().map(Some)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(name: &str) -> FieldId {
        FieldId(name.to_owned())
    }

    #[test]
    fn forms_of_a_name_are_one_field() {
        for (name, normal) in [
            ("finance", Some("finance")),
            (" Ｆinance\n", Some("finance")),
            ("Energy Storage", Some("energy-storage")),
            ("energy_storage--", Some("energy-storage")),
            ("金融/风控", Some("金融-风控")),
            ("", None),
            ("?\0", None),
            ("ANY", None),
            ("-any-", None),
            ("\u{345}", None),
            ("E\u{301}", Some("é")),
        ] {
            assert_eq!(FieldId::normal(name).map(|field| field.0).as_deref(), normal, "{name}");
        }
        assert!(FieldId::normal(&"f".repeat(64)).is_some());
        assert_eq!(FieldId::normal(&"f".repeat(65)), None);
    }

    #[test]
    fn they_come_out_as_they_went_in() {
        let mut fields = DocumentFields::of(None);
        fields.merge(&DocumentFields::of(Some(&hint("Finance"))));
        let stored = serde_json::to_string(&fields).unwrap();
        assert_eq!(stored, r#"[null,"finance"]"#);
        assert_eq!(serde_json::from_str::<DocumentFields>(&stored).unwrap(), fields);
        assert_eq!(fields.names().collect::<Vec<_>>(), ["any", "finance"]);
        assert_eq!(serde_json::from_str::<DocumentFields>("[]").unwrap(), DocumentFields::default());
    }

    #[test]
    fn what_is_too_much_counts_as_none() {
        let names: Vec<_> = (10..30).map(|number| Some(hint(&format!("field-{number}")))).collect();
        let fields: DocumentFields = names.iter().cloned().collect();
        assert!(fields.any() && fields.named().len() == DocumentFields::MAX_NAMES);
        assert_eq!(fields, names.iter().rev().cloned().collect(), "in whatever order they came");
        let few: DocumentFields = names.iter().take(DocumentFields::MAX_NAMES).cloned().collect();
        assert!(!few.any() && few.named() == fields.named());
    }
}
