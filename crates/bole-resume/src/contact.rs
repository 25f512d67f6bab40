//! E-mail addresses, phone numbers and links.

use std::sync::LazyLock;

use bole_core::{Confidence, SectionKind, Sourced};

use crate::fields::{Field, field_around};
use crate::sections::{Part, part_at};
use crate::tables::labels::Label;
use crate::terms::Terms;
use crate::text::{Extent, Text};

/// An address is at most so long on either side of its `@`.
const MAX_ADDRESS_SIDE: usize = 64;

/// Of each kind no more are kept: nobody has as many.
const MAX_CONTACTS: usize = 32;

/// A link is at most so long.
const MAX_LINK: usize = 200;

/// Pages that belong to a person wherever they are named.
const PERSONAL_SITES: &[&str] = &[
    "linkedin.com/",
    "www.linkedin.com/",
    "cn.linkedin.com/",
    "github.com/",
    "gitee.com/",
    "orcid.org/",
    "scholar.google.com/",
    "www.researchgate.net/",
    "researchgate.net/",
];

/// How sure it is that a contact outside of the personal part is the person's own, if that part has one: it may be that
/// of a referee.
const ELSEWHERE: Confidence = Confidence(45);

/// Words of people other than the one that the resume is of, folded.
const OTHERS: &[&str] = &[
    "推荐人",
    "证明人",
    "紧急联系人",
    "紧急联系电话",
    "介绍人",
    "担保人",
    "referee",
    "referees",
    "reference",
    "references",
    "emergency contact",
    "recommender",
    "yours faithfully",
    "yours sincerely",
];

/// What stands before numbers that are no phone numbers.
const NO_PHONES: &[&str] = &[
    "qq",
    "qq号",
    "qq号码",
    "传真",
    "fax",
    "fax no",
    "微信",
    "微信号",
    "wechat",
    "weixin",
    "身份证",
    "身份证号",
    "邮编",
    "zip",
    "id no",
    "telex",
    "学号",
    "工号",
    "准考证号",
];

/// Words about a contact stand within the first so many scalars of its line, or of its heading.
const MAX_LABELS: usize = 160;

static OTHERS_TERMS: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(OTHERS.iter().map(|word| (*word, ()))));

/// Contacts of one sort, with whether each stands in the personal part.
#[derive(Debug, Default)]
struct Contacts {
    found: Vec<(Sourced<String>, bool)>,
}

/// E-mail addresses, lower case, each once.
pub(crate) fn emails(text: &Text, parts: &[Part]) -> Vec<Sourced<String>> {
    let whole = text.folded(text.whole());
    let mut found = Contacts::default();
    for (index, _) in whole.iter().enumerate().filter(|(_, scalar)| **scalar == '@') {
        let is_local =
            |scalar: &char| scalar.is_ascii_alphanumeric() || matches!(scalar, '.' | '_' | '%' | '+' | '-');
        // One space or line end may stand before the `@`.
        let before_mark = before_white(whole, index);
        let before = whole.get(before_mark.saturating_sub(MAX_ADDRESS_SIDE)..before_mark).unwrap_or_default();
        let n_local = before.iter().rev().take_while(|scalar| is_local(scalar)).count();
        let is_domain = |scalar: &char| scalar.is_ascii_alphanumeric() || matches!(scalar, '.' | '-');
        let from = if whole.get(index + 1) == Some(&' ') { index + 2 } else { index + 1 };
        let after = whole.get(from..).unwrap_or_default();
        let mut n_domain = after.iter().take(MAX_ADDRESS_SIDE).take_while(|scalar| is_domain(scalar)).count();
        // `@example.` at the end of a line and `com` on the next.
        let is_cut = n_domain >= 2
            && matches!(after.get(n_domain - 1), Some('.' | '-'))
            && after.get(n_domain) == Some(&'\n');
        let rest = after.get(n_domain + 1..).unwrap_or_default();
        let n_rest = rest.iter().take(MAX_ADDRESS_SIDE).take_while(|scalar| is_domain(scalar)).count();
        let ends_at = rest.get(n_rest).copied();
        if is_cut
            && (1..=24).contains(&n_rest)
            && !ends_at.is_some_and(|scalar| matches!(scalar, '@' | ':' | '/'))
        {
            n_domain += 1 + n_rest;
        }
        let extent = Extent::new(before_mark - n_local, from + n_domain);
        let extent = text.trim_matches(extent, |scalar| matches!(scalar, '.' | '-' | '\n' | ' '));
        let value: String = text.folded(extent).iter().filter(|scalar| !scalar.is_whitespace()).collect();
        if is_of_another(text, parts, extent) {
            continue;
        }
        if is_address(&value) {
            let sure = 98.min(most_sure(parts, extent));
            found.add(text.sourced(extent, value, sure), is_personal(parts, extent));
        }
        if found.is_full() {
            break;
        }
    }
    found.finish()
}

/// The place before the `@` at `index` without the one space or line end that may stand there: a line end only if the
/// address goes on at the start of the next line.
fn before_white(whole: &[char], index: usize) -> usize {
    let before = |back: usize| index.checked_sub(back).and_then(|index| whole.get(index)).copied();
    let goes_on = before(2).is_some_and(|scalar| scalar.is_ascii_alphanumeric());
    match before(1) {
        Some('\n') if goes_on => index - 1,
        Some(' ') if goes_on && whole.get(index + 1) == Some(&' ') => index - 1,
        _ => index,
    }
}

/// Whether a contact is that of a referee or of somebody to call in need.
fn is_of_another(text: &Text, parts: &[Part], extent: Extent) -> bool {
    let names_other = |extent: Extent| {
        let extent = Extent::new(extent.start, extent.end.min(extent.start + MAX_LABELS));
        OTHERS_TERMS.find(text.folded(extent)).is_some()
    };
    let heading = part_at(parts, extent.start).and_then(|part| part.heading);
    let line = text.lines_in(Extent::new(extent.start.saturating_sub(MAX_LABELS), extent.end)).iter().rev();
    let mut line = line.filter(|line| line.extent.start <= extent.start && extent.start < line.extent.end);
    heading.is_some_and(names_other)
        || line.next().is_some_and(|line| names_other(Extent::new(line.extent.start, extent.start)))
}

/// Whether the words before a number say that it is no phone number: QQ, fax.
fn is_no_phone(whole: &[char], index: usize) -> bool {
    let before = whole.get(index.saturating_sub(12)..index).unwrap_or_default();
    let is_edge = |scalar: &char| scalar.is_whitespace() || matches!(scalar, ':' | '.' | '(' | '+');
    let end = before.iter().rposition(|scalar| !is_edge(scalar)).map_or(0, |last| last + 1);
    let before = before.get(..end).unwrap_or_default();
    NO_PHONES
        .iter()
        .any(|word| word.chars().rev().eq(before.iter().rev().copied().take(word.chars().count())))
}

fn is_personal(parts: &[Part], extent: Extent) -> bool {
    part_at(parts, extent.start).is_some_and(|part| part.kind == SectionKind::Personal)
}

/// How sure a contact is at most by where it stands: within a job or a paper it is likely that of somebody else.
fn most_sure(parts: &[Part], extent: Extent) -> u8 {
    let is_told_of = part_at(parts, extent.start).is_some_and(|part| {
        matches!(
            part.kind,
            SectionKind::Work | SectionKind::Internship | SectionKind::Publications | SectionKind::Education
        )
    });
    if is_told_of { ELSEWHERE.0 } else { 100 }
}

impl Contacts {
    fn is_full(&self) -> bool {
        self.found.len() >= MAX_CONTACTS
    }

    /// Adds a contact that is not yet known.
    fn add(&mut self, contact: Option<Sourced<String>>, is_personal: bool) {
        let new = contact.filter(|new| self.found.iter().all(|(known, _)| known.value != new.value));
        self.found.extend(new.map(|contact| (contact, is_personal)));
    }

    fn finish(self) -> Vec<Sourced<String>> {
        let has_personal = self.found.iter().any(|(_, is_personal)| *is_personal);
        let judge = |(mut contact, is_personal): (Sourced<String>, bool)| {
            if has_personal && !is_personal {
                contact.confidence = contact.confidence.min(ELSEWHERE);
            }
            contact
        };
        self.found.into_iter().map(judge).collect()
    }
}

fn is_address(value: &str) -> bool {
    let Some((local, domain)) = value.split_once('@') else {
        return false;
    };
    let Some((name, top)) = domain.rsplit_once('.') else {
        return false;
    };
    let top_is_sound =
        (2..=12).contains(&top.len()) && top.chars().all(|scalar| scalar.is_ascii_alphabetic());
    !local.is_empty() && !name.is_empty() && !domain.contains("..") && top_is_sound
}

/// Phone numbers, each once.
pub(crate) fn phones(text: &Text, parts: &[Part], fields: &[Field]) -> Vec<Sourced<String>> {
    let mut found = Contacts::default();
    let mut index = 0;
    let whole = text.folded(text.whole());
    while index < whole.len() && !found.is_full() {
        let starts =
            whole.get(index).is_some_and(|scalar| scalar.is_ascii_digit() || matches!(scalar, '+' | '('));
        let before = index.checked_sub(1).and_then(|before| whole.get(before));
        let inside = before.is_some_and(|scalar| {
            scalar.is_ascii_alphanumeric() || matches!(scalar, '.' | '/' | '-' | '_' | '+')
        });
        let phone = if starts && !inside { phone_at(whole, index) } else { None };
        if let Some((length, value, confidence)) = phone {
            let extent = Extent::new(index, index + length);
            if is_no_phone(whole, index) || is_of_another(text, parts, extent) {
                index += length;
                continue;
            }
            let labelled = field_around(fields, extent).is_some_and(|field| field.label == Label::Phone);
            let confidence = if labelled { 98 } else { confidence };
            let is_personal = is_personal(parts, extent);
            // Numbers set apart by spaces alone may be volume and pages of a paper.
            let has_mark = text.folded(extent).iter().any(|scalar| matches!(scalar, '-' | '.'));
            if confidence >= 90 || (confidence >= 50 && (is_personal || has_mark)) {
                let sure = confidence.min(most_sure(parts, extent));
                found.add(text.sourced(extent, value, sure), is_personal);
            }
            index += length;
        } else {
            index += 1;
        }
    }
    found.finish()
}

/// Groups of digits of a number that begins at `index`: length in the text, digits with a leading `+` if there is
/// one, and how sure. Below 50 it is a phone number only with a label.
fn phone_at(whole: &[char], index: usize) -> Option<(usize, String, u8)> {
    let rest = whole.get(index..)?;
    let mut value = String::new();
    let mut groups: Vec<usize> = Vec::new();
    let mut best = None;
    let mut in_group = false;
    let mut n_marks = 0;
    for (length, &scalar) in rest.iter().take(32).enumerate() {
        if scalar.is_ascii_digit() {
            if in_group {
                *groups.last_mut()? += 1;
            } else {
                groups.push(1);
            }
            in_group = true;
            n_marks = 0;
            value.push(scalar);
            let ends = !rest.get(length + 1).is_some_and(char::is_ascii_alphanumeric);
            if ends && let Some(confidence) = phone_confidence(&value, &groups) {
                best = Some((length + 1, value.clone(), confidence));
            }
        } else {
            let is_plus = scalar == '+' && value.is_empty();
            let is_mark = matches!(scalar, ' ' | '-' | '.' | '(' | ')');
            n_marks += 1;
            in_group = false;
            // Only the area stands in parentheses; `118–131 (2025)` are pages of a paper.
            let opens_late = scalar == '(' && groups.len() >= 2;
            if is_plus {
                value.push('+');
            } else if !is_mark || opens_late || n_marks > 3 {
                break;
            }
        }
    }
    // What goes on behind a hyphen is another number, and one with masked digits is none.
    best.filter(|(length, ..)| {
        let after = rest.get(*length..).unwrap_or_default();
        let goes_on = matches!(after, ['-', digit, ..] if digit.is_ascii_digit());
        let is_masked = matches!(after, ['*', ..] | [' ' | '-', '*' | 'x', ..]);
        !goes_on && !is_masked
    })
}

fn phone_confidence(value: &str, groups: &[usize]) -> Option<u8> {
    let (plus, digits) = match value.strip_prefix('+') {
        Some(digits) => (true, digits),
        None => (false, value),
    };
    let national = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86")).unwrap_or(digits);
    let mut start = national.chars();
    let is_mobile =
        national.len() == 11 && start.next() == Some('1') && start.next().is_some_and(|second| second >= '3');
    if is_mobile && groups.len() <= 5 {
        return Some(95);
    }
    let landline = digits.starts_with('0') && (2..=3).contains(&groups.len());
    let area_is_sound = groups.first().is_some_and(|area| (3..=4).contains(area));
    if landline
        && area_is_sound
        && (10..=12).contains(&digits.len())
        && groups.iter().skip(1).sum::<usize>() >= 7
    {
        return Some(85);
    }
    if plus && digits.starts_with("86") {
        // A mobile number that is not whole, or a landline.
        return (11..=13).contains(&digits.len()).then_some(80);
    }
    if plus && (8..=15).contains(&digits.len()) {
        return Some(92);
    }
    match groups {
        [3, 3, 4] | [1, 3, 3, 4] => Some(88),
        // `555-0118`
        [3, 4] => Some(40),
        _ => ((7..=13).contains(&digits.len()) && groups.len() <= 4).then_some(30),
    }
}

/// Links to pages of the person: those of the personal part, and profiles on known sites.
pub(crate) fn links(text: &Text, parts: &[Part]) -> Vec<Sourced<String>> {
    let mut found: Vec<Sourced<String>> = Vec::new();
    for part in parts {
        let personal = part.kind == SectionKind::Personal;
        let folded = text.folded(part.body);
        let mut index = 0;
        while index < folded.len() && found.len() < MAX_CONTACTS {
            let before = index.checked_sub(1).and_then(|before| folded.get(before));
            let starts = !before
                .is_some_and(|scalar| scalar.is_ascii_alphanumeric() || matches!(scalar, '@' | '.' | '/'));
            let length = if starts { link_length(folded, index, personal) } else { None };
            if let Some(length) = length {
                let start = part.body.start + index;
                let extent = text.trim_matches(Extent::new(start, start + length), |scalar| {
                    matches!(scalar, '.' | ',' | ')' | '/')
                });
                if found.iter().all(|known| known.value != text.string(extent)) {
                    found.extend(text.quote(extent, 95));
                }
                index += length;
            } else {
                index += 1;
            }
        }
    }
    found
}

fn link_length(folded: &[char], index: usize, personal: bool) -> Option<usize> {
    let rest = folded.get(index..)?;
    if !matches!(rest.first(), Some('h' | 'w' | 'l' | 'g' | 'c' | 'o' | 's' | 'r')) {
        return None;
    }
    let is_link =
        |scalar: &char| scalar.is_ascii_graphic() && !matches!(scalar, '|' | '<' | '>' | '"' | ';' | ',');
    let length = rest.iter().take(MAX_LINK).take_while(|scalar| is_link(scalar)).count();
    let link: String = rest.iter().take(length).collect();
    let bare = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"));
    let address = bare.unwrap_or(&link);
    let is_profile = PERSONAL_SITES.iter().any(|site| {
        address.strip_prefix(site).is_some_and(|path| {
            let path = path.trim_end_matches(['.', ')', '/']);
            let depth = path.split('/').filter(|step| !step.is_empty()).count();
            // A repository is not a person.
            depth == 1 || (depth >= 1 && !site.starts_with("git"))
        })
    });
    let is_page = personal && (bare.is_some_and(|bare| bare.contains('.')) || link.starts_with("www."));
    (is_profile || is_page).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::fields_in;
    use crate::sections::parts_of;
    use crate::text::pages_of;

    fn values(found: Vec<Sourced<String>>) -> Vec<String> {
        found.into_iter().map(|sourced| sourced.value).collect()
    }

    #[test]
    fn contacts_are_found() {
        let cases: [(&str, &str); 26] = [
            ("邮箱：A.B-c@Example.com。", "a.b-c@example.com"),
            ("a.lee@example.\ncom\n工程师", "a.lee@example.com"),
            ("a.lee\n@example.com", "a.lee@example.com"),
            ("邮箱：ａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "a@example.com"),
            ("0009-0008-8088-9837", ""),
            ("+49 176 313 *** **", ""),
            ("QQ 20000 8817, 传真：020-0000 5518", ""),
            ("Fax: +49 170 1234567", ""),
            ("林一\n\n推荐人\n陈二 13800001234 b@example.cn", ""),
            ("x@@y", ""),
            ("a@b", ""),
            ("+86 138 0000 1201 | b@example.cn", "+8613800001201 b@example.cn"),
            ("138-0000-1201", "13800001201"),
            ("手机 13800001201 2018", "13800001201"),
            ("(+86) 133-3333-3333", "+8613333333333"),
            ("023-6789 1234", "02367891234"),
            ("(415) 555-0142", "4155550142"),
            ("+1 (415) 555-0142", "+14155550142"),
            ("Phone: 555-0118", "5550118"),
            ("555-0118", ""),
            ("2016.09-2020.06", ""),
            ("510000199001011234", ""),
            ("(+86) 131-221-87xxx", ""),
            ("118–131 (2025)", ""),
            ("+49 170 1234567", "+491701234567"),
            (
                "linkedin.com/in/annlee, https://annlee.example/cv",
                "linkedin.com/in/annlee https://annlee.example/cv",
            ),
        ];
        for (page, expected) in cases {
            let text = Text::of(&pages_of(&[page]));
            let mut found = values(phones(&text, &parts_of(&text), &fields_in(&text)));
            found.extend(values(emails(&text, &parts_of(&text))));
            found.extend(values(links(&text, &parts_of(&text))));
            assert_eq!(found.join(" "), expected, "{page}");
        }
    }
}
