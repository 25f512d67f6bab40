//! The fields of a form: a label and its value.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::tables::labels::{LABELS, Label};
use crate::tables::protected_labels::PROTECTED_LABELS;
use crate::text::{Extent, Text, is_bullet, is_field_mark, is_han};

/// A label with its value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) label: Label,
    /// From the label to the end of the value.
    pub(crate) extent: Extent,
    /// Not empty.
    pub(crate) value: Extent,
}

/// A label found in a line.
#[derive(Clone, Copy, Debug)]
struct Place {
    label: Label,
    extent: Extent,
    /// Where the value may begin.
    after: usize,
    has_colon: bool,
}

/// The scalars of a label without white space, and what it means.
type LabelWord = (Vec<char>, Label);

/// No label is longer, spaces between its characters included.
const MAX_LABEL: usize = 28;

/// A longer value is not a value of a form.
const MAX_VALUE: usize = 80;

/// By first scalar: the scalars of the label without white space, and what it means; longest first.
static BY_FIRST: LazyLock<FxHashMap<char, Vec<LabelWord>>> = LazyLock::new(|| {
    let compact = |word: &str| word.chars().filter(|scalar| *scalar != ' ').collect();
    let protected = PROTECTED_LABELS.iter().map(|(word, kind)| (*word, Label::Protected(*kind)));
    let labels = LABELS.iter().copied().chain(protected);
    let mut words: Vec<LabelWord> = labels.map(|(word, label)| (compact(word), label)).collect();
    words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    let mut by_first: FxHashMap<char, Vec<LabelWord>> = FxHashMap::default();
    for (compact, label) in words {
        if let Some(&first) = compact.first() {
            by_first.entry(first).or_default().push((compact, label));
        }
    }
    by_first
});

/// All fields of the document, in order.
pub(crate) fn fields_in(text: &Text) -> Vec<Field> {
    let mut fields = Vec::new();
    for line in text.lines() {
        fields_of_line(text, line.extent, &mut fields);
    }
    fields
}

/// The first field that lies within `extent` and for which `wanted` holds; `fields` are in order.
pub(crate) fn field_in(fields: &[Field], extent: Extent, wanted: impl Fn(Label) -> bool) -> Option<&Field> {
    let from = fields.partition_point(|field| field.extent.start < extent.start);
    let within = fields.get(from..)?.iter().take_while(|field| field.extent.end <= extent.end);
    within.into_iter().find(|field| wanted(field.label))
}

/// The field that holds `extent`.
pub(crate) fn field_around(fields: &[Field], extent: Extent) -> Option<&Field> {
    let index = fields.partition_point(|field| field.extent.start <= extent.start).checked_sub(1)?;
    fields.get(index).filter(|field| field.extent.holds(extent))
}

fn fields_of_line(text: &Text, line: Extent, fields: &mut Vec<Field>) {
    let places = places_in(text, line);
    let n_places = places.len();
    for (index, place) in places.iter().enumerate() {
        let first_on_line = is_first(text, line, place.extent);
        // Without a colon a label is a cell of a table: several on the line, or one at its start.
        let is_cell = place.after > place.extent.end && (n_places >= 2 || first_on_line);
        let may_lack_colon = if is_han_label(text, place.extent) {
            is_cell && place.extent.len() >= 2
        } else {
            is_cell_of_its_own(text, line, place)
        };
        if !(place.has_colon || may_lack_colon) {
            continue;
        }
        let limit = places.get(index + 1).map_or(line.end, |next| next.extent.start);
        let is_name = place.label == Label::Name;
        let value = value_at(text, Extent::new(place.after, limit), is_name);
        if value.is_empty() || value.len() > MAX_VALUE {
            continue;
        }
        fields.push(Field { label: place.label, extent: Extent::new(place.extent.start, value.end), value });
    }
}

/// `Sex  Male  Age  37`: between wide gaps or marks a Latin label is a cell of its own.
fn is_cell_of_its_own(text: &Text, line: Extent, place: &Place) -> bool {
    let before = text.folded(Extent::new(line.start, place.extent.start));
    let after = text.folded(Extent::new(place.extent.end, line.end));
    let begins = before.iter().rev().take(2).all(|&scalar| scalar == ' ')
        || before.iter().rev().find(|&&scalar| scalar != ' ').is_some_and(|&scalar| is_field_mark(scalar));
    let ends = matches!(after, [' ', ' ', ..]) || after.first().is_some_and(|&scalar| is_field_mark(scalar));
    let starts_high = text.raw(place.extent).first().is_some_and(|scalar| scalar.is_uppercase());
    begins && ends && starts_high
}

fn is_han_label(text: &Text, extent: Extent) -> bool {
    text.folded(extent).first().is_some_and(|&scalar| is_han(scalar))
}

fn is_first(text: &Text, line: Extent, label: Extent) -> bool {
    let before = text.folded(Extent::new(line.start, label.start));
    before.iter().all(|&scalar| scalar == ' ' || is_bullet(scalar))
}

fn places_in(text: &Text, line: Extent) -> Vec<Place> {
    let folded = text.folded(line);
    let mut places: Vec<Place> = Vec::new();
    let mut index = 0;
    while let Some(&scalar) = folded.get(index) {
        let before = index.checked_sub(1).and_then(|before| folded.get(before));
        let inside = before.is_some_and(|&before| {
            before.is_alphanumeric() && is_han(before) == is_han(scalar) && scalar.is_alphanumeric()
        });
        let found = if inside { None } else { place_at(folded, index) };
        if let Some((label, length, after, has_colon)) = found {
            let start = line.start + index;
            places.push(Place {
                label,
                extent: Extent::new(start, start + length),
                after: line.start + after,
                has_colon,
            });
            index = after.max(index + 1);
        } else {
            index += 1;
        }
    }
    places
}

fn place_at(folded: &[char], index: usize) -> Option<(Label, usize, usize, bool)> {
    let labels = BY_FIRST.get(folded.get(index)?)?;
    labels.iter().find_map(|(word, label)| {
        let length = length_at(folded, index, word)?;
        let end = index + length;
        let is_space = |index: &usize| folded.get(*index).is_some_and(|scalar| scalar.is_whitespace());
        let mark = (end..end + MAX_LABEL).find(|index| !is_space(index))?;
        let has_colon = matches!(folded.get(mark), Some(':' | '︰'));
        let next = folded.get(end).copied();
        // `专业技能` is not the label `专业`, `names` not `name`.
        let ends = has_colon || next.is_none_or(|next| next.is_whitespace() || is_field_mark(next));
        let after = if has_colon { mark + 1 } else { mark };
        ends.then_some((*label, length, after, has_colon))
    })
}

/// The length of `word` at `index`, white space between its characters passed over.
fn length_at(folded: &[char], index: usize, word: &[char]) -> Option<usize> {
    let mut wanted = word.iter();
    let mut next = wanted.next();
    for (length, &scalar) in folded.get(index..)?.iter().take(MAX_LABEL).enumerate() {
        if Some(&scalar) == next {
            next = wanted.next();
            if next.is_none() {
                return Some(length + 1);
            }
        } else if !scalar.is_whitespace() {
            return None;
        }
    }
    None
}

/// Whether the mark at `index` joins the parts of a name from another language: 马库斯·韦伯.
pub(crate) fn is_point_in_name(folded: &[char], index: usize) -> bool {
    let before = index.checked_sub(1).and_then(|before| folded.get(before));
    let is_point = matches!(folded.get(index), Some('·' | '•' | '∙' | '‧'));
    is_point
        && before.is_some_and(|&scalar| is_han(scalar))
        && folded.get(index + 1).is_some_and(|&scalar| is_han(scalar))
}

/// The value: until a mark between fields, two spaces, or the end.
fn value_at(text: &Text, extent: Extent, is_name: bool) -> Extent {
    let extent = text.trim(extent);
    let folded = text.folded(extent);
    let ends = |(index, &scalar): (usize, &char)| {
        let wide_space = scalar == ' ' && folded.get(index + 1) == Some(&' ');
        is_field_mark(scalar) && !(is_name && is_point_in_name(folded, index)) || wide_space
    };
    let length = folded.iter().enumerate().position(ends).unwrap_or(folded.len());
    let is_edge = |scalar: char| scalar.is_whitespace() || matches!(scalar, ',' | '/' | '，' | '。');
    text.trim_matches(Extent::new(extent.start, extent.start + length), is_edge)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::pages_of;

    fn values(line: &str) -> Vec<String> {
        let text = Text::of(&pages_of(&[line]));
        let fields = fields_in(&text);
        fields.iter().map(|field| format!("{:?}={}", field.label, text.string(field.value))).collect()
    }

    #[test]
    fn fields_are_cut_at_the_next() {
        let cases: [(&str, &[&str]); 11] = [
            ("姓名：林小雨  性 别：女", &["Name=林小雨", "Protected(Gender)=女"]),
            (
                "学历：硕士 毕业院校：某某大学 专业：材料学",
                &["Degree=硕士", "School=某某大学", "Discipline=材料学"],
            ),
            ("姓名 林小雨 民族 汉族", &["Name=林小雨", "Protected(Ethnicity)=汉族"]),
            ("政 治 面 貌 ： 群众", &["Protected(PoliticalStatus)=群众"]),
            ("Name: Ann Lee | Date of Birth: 1990", &["Name=Ann Lee", "Protected(Age)=1990"]),
            ("Name  Ann Lee  Native place  Foothill", &["Name=Ann Lee", "Protected(Birthplace)=Foothill"]),
            ("姓名 马库斯·韦伯 性别 男", &["Name=马库斯·韦伯", "Protected(Gender)=男"]),
            ("Name  Ann Lee  Sex  Female", &["Name=Ann Lee", "Protected(Gender)=Female"]),
            ("Ann Lee  Email me", &[]),
            ("专业技能：Rust", &[]),
            ("他的姓名不在此", &[]),
        ];
        for (line, expected) in cases {
            assert_eq!(values(line), expected, "{line}");
        }
    }
}
