//! Protected values that have a label: in fields, in the cell or line below their label.

use std::sync::LazyLock;

use bole_core::ProtectedKind;

use crate::fields::Field;
use crate::tables::labels::{LABELS, Label};
use crate::tables::protected::ALONE;
use crate::tables::protected_labels::PROTECTED_LABELS;
use crate::terms::Terms;
use crate::text::{Extent, Text, is_field_mark, is_han};

static LABEL_TERMS: LazyLock<Terms<Label>> = LazyLock::new(|| {
    let protected = PROTECTED_LABELS.iter().map(|(word, kind)| (*word, Label::Protected(*kind)));
    Terms::new(LABELS.iter().copied().chain(protected))
});

static VALUES: LazyLock<Terms<ProtectedKind>> = LazyLock::new(|| Terms::new(ALONE.iter().copied()));

/// Labels that say so only in the personal part: a tower has a height, a run is a race.
const PERSONAL_ONLY: &[&str] = &[
    "age",
    "race",
    "sex",
    "height",
    "weight",
    "health",
    "children",
    "dependents",
    "dependants",
    "disability",
    "disabilities",
    "spouse",
    "family",
    "born",
    "birth",
    "健康",
    "子女",
    "政治",
    "党派",
    "信仰",
    "宗教",
    "出生",
    "生源",
    "残疾",
    "婚姻",
    "视力",
    "身高",
    "体重",
    "zodiac",
    "domicile of origin",
    "citizenship",
    "religion",
    "户口",
    "户籍",
];

/// Behind these words a value has ended and another field has begun without a label that is known.
const NEXT_FIELDS: &[&str] = &[
    " 现居",
    " 现住",
    " 居住",
    " 目前",
    " 电话",
    " 手机",
    " 邮箱",
    " 求职",
    " languages",
    " phone",
    " e-mail",
    " email",
    " address",
];

/// A value in the line below its label is at most so long.
const MAX_BELOW: usize = 40;

/// The place of a protected field: label and value, as short as can be.
pub(super) fn field_place(text: &Text, field: &Field, kind: ProtectedKind, personal: bool) -> Option<Extent> {
    let label = text.folded(Extent::new(field.extent.start, field.value.start));
    let is_label_end =
        |scalar: &char| scalar.is_whitespace() || matches!(scalar, ':' | '︰') || is_field_mark(*scalar);
    let n_label = label.iter().rposition(|scalar| !is_label_end(scalar)).map_or(0, |last| last + 1);
    let label: String = label.get(..n_label)?.iter().collect();
    if !personal && PERSONAL_ONLY.contains(&label.as_str()) {
        return None;
    }
    let value = text.folded(field.value);
    let n_digits = value.iter().filter(|scalar| scalar.is_ascii_digit()).count();
    if kind == ProtectedKind::NationalId {
        // Whether somebody has a passport says nothing.
        let number = value.iter().take_while(|scalar| scalar.is_ascii_graphic() || **scalar == ' ').count();
        let end = text.trim(Extent::new(field.value.start, field.value.start + number)).end;
        return (n_digits >= 4 && number > 0).then_some(Extent::new(field.extent.start, end));
    }
    if !personal && value.len() > 30 {
        return None;
    }
    let end = field.value.start + value_length(text, field.value, kind);
    let mut extent = text.trim(Extent::new(field.extent.start, end));
    let closes = text.folded_at(extent.end.saturating_sub(1)) == Some(')');
    if closes && !text.folded(extent).contains(&'(') {
        extent = text.trim_matches(extent, |scalar| scalar == ')');
    }
    (extent.end > field.value.start).then_some(extent)
}

/// How much of `value` is of its own kind.
fn value_length(text: &Text, value: Extent, kind: ProtectedKind) -> usize {
    let folded = text.folded(value);
    let known = VALUES.at(folded, 0).filter(|(_, known)| *known == kind).map(|(length, _)| length);
    if kind == ProtectedKind::Gender
        && let Some(length) = known
    {
        return length;
    }
    let raw = text.raw(value);
    let commas_end = !matches!(kind, ProtectedKind::Birthplace | ProtectedKind::Age | ProtectedKind::Body);
    let ends = |index: usize| {
        let rest = folded.get(index..).unwrap_or_default();
        let next_field =
            NEXT_FIELDS.iter().any(|word| word.chars().eq(rest.iter().copied().take(word.chars().count())));
        let sentence = matches!(rest, ['.', ' ', next, ..] if index > 3 && !next.is_ascii_digit());
        matches!(raw.get(index), Some('，' | '。' | ';' | '；'))
            || (commas_end && rest.first() == Some(&','))
            || next_field
            || sentence
    };
    (0..folded.len()).find(|&index| ends(index)).unwrap_or(folded.len())
}

/// Values in the line below their labels: `Nationality` / `German`, or a row of labels over a row of values.
pub(super) fn below_labels(text: &Text, found: &mut Vec<(Extent, ProtectedKind)>) {
    for pair in text.lines().windows(2) {
        let [label_line, value_line] = pair else { continue };
        if label_line.extent.len() > 120 || label_line.extent.is_empty() {
            continue;
        }
        let labels = cells(text, label_line.extent);
        let meanings: Vec<Option<Label>> = labels.iter().map(|label| label_at(text, *label)).collect();
        let is_protected = |meaning: &Option<Label>| matches!(meaning, Some(Label::Protected(_)));
        if !meanings.iter().any(is_protected) || meanings.iter().any(Option::is_none) {
            continue;
        }
        let values = cells(text, value_line.extent);
        if values.len() != labels.len() {
            continue;
        }
        for ((label, meaning), value) in labels.iter().zip(&meanings).zip(&values) {
            let Some(Label::Protected(kind)) = meaning else { continue };
            if value.len() <= MAX_BELOW && label_at(text, *value).is_none() && fits(text, *value, *kind) {
                found.push((*label, *kind));
                found.push((*value, *kind));
            }
        }
    }
}

/// The parts of a line between wide gaps and marks.
fn cells(text: &Text, line: Extent) -> Vec<Extent> {
    let folded = text.folded(line);
    let mut cells = Vec::new();
    let mut start = 0;
    for (index, &scalar) in folded.iter().enumerate() {
        let is_gap = is_field_mark(scalar) || (scalar == ' ' && folded.get(index + 1) == Some(&' '));
        if is_gap {
            cells.push(Extent::new(line.start + start, line.start + index));
            start = index + 1;
        }
    }
    cells.push(Extent::new(line.start + start, line.end));
    cells.into_iter().map(|cell| text.trim(cell)).filter(|cell| !cell.is_empty()).collect()
}

fn label_at(text: &Text, cell: Extent) -> Option<Label> {
    if cell.len() > 30 {
        return None;
    }
    let cell = text.trim_matches(cell, |scalar| scalar == ':' || scalar.is_whitespace());
    let folded = text.folded(cell);
    let is_han_label = folded.first().copied().is_some_and(is_han);
    let compact: Vec<char> =
        folded.iter().copied().filter(|scalar| !is_han_label || *scalar != ' ').collect();
    LABEL_TERMS.exactly(&compact)
}

/// Whether a value below a label is one of its kind: what follows a label need not belong to it.
fn fits(text: &Text, value: Extent, kind: ProtectedKind) -> bool {
    let folded = text.folded(value);
    let has_digit = folded.iter().any(char::is_ascii_digit);
    let is_short = folded.split(|scalar| *scalar == ' ').count() <= 4;
    let is_known = VALUES.at(folded, 0).is_some_and(|(_, known)| known == kind);
    match kind {
        ProtectedKind::Gender | ProtectedKind::MaritalStatus => is_known || (is_short && folded.len() <= 12),
        ProtectedKind::PoliticalStatus => is_known || folded.len() <= 12,
        ProtectedKind::Age => has_digit,
        ProtectedKind::Birthplace | ProtectedKind::Nationality => is_short && !has_digit,
        ProtectedKind::Ethnicity | ProtectedKind::Religion => is_short && !has_digit && folded.len() <= 24,
        ProtectedKind::Body => is_short,
        ProtectedKind::NationalId => folded.iter().filter(|scalar| scalar.is_ascii_digit()).count() >= 4,
    }
}
