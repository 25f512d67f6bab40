//! Degrees in the text.

use std::sync::LazyLock;

use bole_core::Degree;

use crate::tables::degrees::{DEGREES, DegreeWord, Form};
use crate::terms::Terms;
use crate::text::{Extent, Text};

/// A degree named in the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DegreeMention {
    pub(crate) extent: Extent,
    pub(crate) degree: Degree,
    pub(crate) confidence: u8,
    /// It is the word of somebody who studies for it: 硕士生, PhD candidate.
    pub(crate) is_student: bool,
}

static WORDS: LazyLock<Terms<&'static DegreeWord>> =
    LazyLock::new(|| Terms::new(DEGREES.iter().map(|degree| (degree.word, degree))));

/// What follows a word of a degree if it is about something else: 博士生导师, 研究生院, 博士后.
const NOT_AFTER: &[&str] = &[
    "导师",
    "院",
    "后",
    "会",
    "课程",
    "一年级",
    "学校",
    "学院",
    "科目",
    "点",
    " thesis",
    " project",
    " chef",
    " plan",
    " teacher",
    " data",
];

/// All degrees in `extent`, in order.
pub(crate) fn degrees_in(text: &Text, extent: Extent) -> Vec<DegreeMention> {
    let folded = text.folded(extent);
    let mentions = WORDS.find_all(folded, extent.start).into_iter();
    mentions
        .filter_map(|found| {
            let after = text.folded(Extent::new(found.extent.end, (found.extent.end + 12).min(extent.end)));
            let is_else =
                NOT_AFTER.iter().any(|not| not.chars().eq(after.iter().copied().take(not.chars().count())));
            let form = found.value.form;
            let lower = text.raw(found.extent).iter().any(|scalar| scalar.is_lowercase());
            let reading = after.starts_with(&['在', '读']) || after.starts_with(&['(', '在', '读']);
            if is_else || (form == Form::Capitals && lower) {
                return None;
            }
            let confidence = match form {
                Form::InProgress => 85,
                _ if reading => 85,
                Form::Capitals => 75,
                Form::Word if found.value.word == "diploma" => 45,
                Form::Word => 92,
            };
            let is_student = form == Form::InProgress;
            Some(DegreeMention { extent: found.extent, degree: found.value.degree, confidence, is_student })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::pages_of;

    #[test]
    fn degrees_in_the_forms_people_write() {
        let cases: [(&str, &[(Degree, u8)]); 12] = [
            ("材料学 博士研究生", &[(Degree::Doctor, 92)]),
            ("硕士（在读）", &[(Degree::Master, 85)]),
            ("在读硕士研究生", &[(Degree::Master, 85)]),
            ("博士后", &[]),
            ("博士生导师", &[]),
            ("大学本科", &[(Degree::Bachelor, 92)]),
            ("PhD in Physics", &[(Degree::Doctor, 92)]),
            ("Ph.D., Physics", &[(Degree::Doctor, 92)]),
            ("MS Physics", &[(Degree::Master, 75)]),
            ("Ms Okafor", &[]),
            ("Bachelor's of Science", &[(Degree::Bachelor, 92)]),
            ("High School Diploma", &[(Degree::Secondary, 92)]),
        ];
        for (line, expected) in cases {
            let text = Text::of(&pages_of(&[line]));
            let found = degrees_in(&text, text.whole());
            let found: Vec<_> = found.iter().map(|mention| (mention.degree, mention.confidence)).collect();
            assert_eq!(found, expected, "{line}");
        }
    }
}
