use std::collections::{BTreeMap, BTreeSet};

use bole_core::{ConceptId, Evidence, FieldId, SectionKind};
use bole_rank::Lexicon;
use serde::Serialize;

/// How alike the concepts are that count in the Chinese and the English resume of the same person; what a concept is a
/// kind of is not added, and what stands in objectives and hobbies only does not count.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Twins {
    /// Pairs.
    pub n_pairs: usize,
    /// Pairs in which the same concepts count.
    pub n_identical: usize,
    /// By field of the lexicon.
    pub fields: BTreeMap<FieldId, TwinCount>,
    /// Every concept that counts in one of a pair only.
    pub differences: Vec<TwinDifference>,
}

/// Concepts of one field, summed over the pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TwinCount {
    /// Count in both.
    pub in_both: usize,
    /// Count in the Chinese resume only.
    pub only_chinese: usize,
    /// Count in the English resume only.
    pub only_english: usize,
}

/// A concept that counts in one of a pair only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TwinDifference {
    /// The pair, such as `storage-01`.
    pub pair: String,
    /// The concept.
    pub concept: ConceptId,
    /// Whether it counts in the Chinese resume; else it does in the English one.
    pub is_in_chinese: bool,
}

/// The concepts that count in a resume. What is only wished for or done on Sundays does not: it is weighed at next to
/// nothing.
pub(super) fn counted(evidence: &Evidence) -> BTreeSet<ConceptId> {
    let is_wish = |section| matches!(section, SectionKind::Objective | SectionKind::Interests);
    let mentions = evidence.mentions.iter();
    let mentions = mentions.filter(|mention| mention.status.is_counted() && !is_wish(mention.section));
    mentions.map(|mention| mention.concept.clone()).collect()
}

/// Compares `NAME.zh` and `NAME.en`, wherever there are both.
pub(super) fn twins(concepts: &BTreeMap<String, BTreeSet<ConceptId>>, lexicon: &Lexicon) -> Twins {
    let mut twins = Twins::default();
    for (name, chinese) in concepts {
        let Some(pair) = name.strip_suffix(".zh") else { continue };
        let Some(english) = concepts.get(&format!("{pair}.en")) else { continue };
        twins.n_pairs += 1;
        twins.n_identical += usize::from(chinese == english);
        for concept in chinese | english {
            let Some(field) = lexicon.concept(&concept).map(|it| it.field.clone()) else { continue };
            let count = twins.fields.entry(field).or_default();
            let is_in_chinese = chinese.contains(&concept);
            if is_in_chinese && english.contains(&concept) {
                count.in_both += 1;
                continue;
            }
            count.only_chinese += usize::from(is_in_chinese);
            count.only_english += usize::from(!is_in_chinese);
            twins.differences.push(TwinDifference { pair: pair.to_owned(), concept, is_in_chinese });
        }
    }
    twins
}
