//! Cuts a document into sections.

use bole_core::{Section, SectionKind};

use crate::headings::{Heading, heading_of};
use crate::text::{Extent, Line, Text, is_bullet, is_han};

/// Words that head a section elsewhere, and within the text of a job only what was done there.
const LABELS_IN_ENTRIES: &[&str] = &[
    "achievements",
    "accomplishments",
    "key achievements",
    "highlights",
    "results",
    "projects",
    "key projects",
    "selected projects",
    "overview",
    "summary",
    "responsibilities",
    "duties",
    "other",
    "业绩",
    "主要业绩",
    "工作业绩",
    "成果",
    "主要成果",
    "工作成果",
    "项目",
    "主要项目",
    "概述",
    "简介",
    "能力",
];

/// Words that head nothing but what was done in a job.
const LABELS_ONLY: &[&str] = &[
    "说明",
    "描述",
    "职责",
    "内容",
    "工作内容",
    "工作描述",
    "项目描述",
    "主要职责",
    "工作职责",
    "主要工作",
    "description",
    "work done",
];

/// A part of the document under one heading.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) kind: SectionKind,
    pub(crate) heading: Option<Extent>,
    /// The text under the heading.
    pub(crate) body: Extent,
}

/// The parts of the document, in order; with their headings they cover it.
pub(crate) fn parts_of(text: &Text) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut open = Part { kind: SectionKind::Personal, heading: None, body: text.whole() };
    for (index, line) in text.lines().iter().enumerate() {
        let Some(heading) = heading_of(text, line) else {
            continue;
        };
        let has_colon = text.folded(heading.extent).last() == Some(&':');
        if (heading.inline && has_colon && is_in_list(text, index, heading))
            || is_label_in_entry(text, open.kind, line, heading)
        {
            continue;
        }
        open.body.end = heading.extent.start;
        parts.push(open);
        open = Part {
            kind: heading.kind,
            heading: Some(heading.extent),
            body: Extent::new(heading.extent.end, text.whole().end),
        };
    }
    parts.push(open);
    parts
}

/// The part that `position` lies in; none on a heading.
pub(crate) fn part_at(parts: &[Part], position: usize) -> Option<&Part> {
    let index = parts.partition_point(|part| part.body.start <= position).checked_sub(1)?;
    parts.get(index).filter(|part| position < part.body.end)
}

/// The parts as they are kept.
pub(crate) fn sections(text: &Text, parts: &[Part]) -> Vec<Section> {
    let section = |part: &Part| {
        let heading = part.heading.and_then(|heading| text.spans(heading).first().copied());
        let spans = text.spans(part.body);
        (heading.is_some() || !spans.is_empty()).then_some(Section { kind: part.kind, heading, text: spans })
    };
    parts.iter().filter_map(section).collect()
}

/// `Achievements:` or `Selected projects:` inside the text of a job.
fn is_label_in_entry(text: &Text, open: SectionKind, line: &Line, heading: Heading) -> bool {
    let in_entries = matches!(
        open,
        SectionKind::Work | SectionKind::Internship | SectionKind::Project | SectionKind::Research
    );
    let raw = text.raw(heading.extent);
    let shows_case = raw.iter().any(|scalar| scalar.is_lowercase());
    let folded = text.folded(heading.extent);
    let about_skills = folded.windows(5).any(|word| word == ['s', 'k', 'i', 'l', 'l']);
    let may_be_label = matches!(
        heading.kind,
        SectionKind::Skills
            | SectionKind::Project
            | SectionKind::Certificates
            | SectionKind::Summary
            | SectionKind::Other
    );
    if in_entries && LABELS_ONLY.iter().any(|label| label.chars().eq(folded.iter().copied())) {
        return true;
    }
    let is_label = folded.contains(&':')
        || LABELS_IN_ENTRIES.iter().any(|label| label.chars().eq(folded.iter().copied()));
    in_entries
        && may_be_label
        && !about_skills
        && (shows_case || folded.iter().any(|&scalar| is_han(scalar)))
        && !line.blank_before
        && is_label
}

/// Whether the line before or after is of the same form, `label: text`, without being a heading: then it is one
/// field of several.
fn is_in_list(text: &Text, index: usize, heading: Heading) -> bool {
    let lines = text.lines();
    let before = index.checked_sub(1).and_then(|before| lines.get(before));
    let after = lines.get(index + 1);
    let is_field = |line: &Line| {
        let colon = text.folded(line.extent).iter().take(24).position(|&scalar| scalar == ':');
        colon.is_some_and(|colon| colon > 0) && heading_of(text, line).is_none()
    };
    let bulleted = text.folded_at(heading.extent.start).is_some_and(is_bullet);
    bulleted || before.is_some_and(is_field) || after.is_some_and(is_field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::pages_of;

    #[test]
    fn parts_follow_each_other() {
        let pages = pages_of(&["林一\n教育背景\n某大学\n", "续\n\n自我评价：踏实认真肯干\n专业技能\nRust"]);
        let text = Text::of(&pages);
        let sections = sections(&text, &parts_of(&text));
        let described: Vec<_> = sections
            .iter()
            .map(|section| {
                let texts = section.text.iter().map(|span| pages.text_at(*span).unwrap());
                (section.kind, texts.collect::<Vec<_>>().join("|"))
            })
            .collect();
        let expected = [
            (SectionKind::Personal, "林一"),
            (SectionKind::Education, "某大学|续"),
            (SectionKind::Summary, "踏实认真肯干"),
            (SectionKind::Skills, "Rust"),
        ];
        assert_eq!(described, expected.map(|(kind, text)| (kind, text.to_owned())));
    }

    #[test]
    fn fields_of_a_form_are_no_headings() {
        let pages = pages_of(&[
            "求职意向：电芯工程师\n出生年月：1990年1月\n技能: a\nLanguages: English, Igbo\nTools: Git",
        ]);
        let text = Text::of(&pages);
        assert_eq!(parts_of(&text).len(), 1);
    }
}
