//! What says who somebody is, not what they can do.

use std::sync::LazyLock;

use bole_core::{Protected, ProtectedKind, SectionKind};

use crate::fields::Field;
use crate::sections::Part;
use crate::tables::labels::Label;
use crate::terms::Terms;
use crate::text::{Extent, Text, is_field_mark, is_han};

/// Words that stand alone between the fields of the personal part.
const ALONE: &[(&str, ProtectedKind)] = &[
    ("男", ProtectedKind::Gender),
    ("女", ProtectedKind::Gender),
    ("男性", ProtectedKind::Gender),
    ("女性", ProtectedKind::Gender),
    ("male", ProtectedKind::Gender),
    ("female", ProtectedKind::Gender),
    ("已婚", ProtectedKind::MaritalStatus),
    ("未婚", ProtectedKind::MaritalStatus),
    ("离异", ProtectedKind::MaritalStatus),
    ("已婚已育", ProtectedKind::MaritalStatus),
    ("已婚未育", ProtectedKind::MaritalStatus),
    ("married", ProtectedKind::MaritalStatus),
    ("unmarried", ProtectedKind::MaritalStatus),
    ("divorced", ProtectedKind::MaritalStatus),
    ("中共党员", ProtectedKind::PoliticalStatus),
    ("中共预备党员", ProtectedKind::PoliticalStatus),
    ("预备党员", ProtectedKind::PoliticalStatus),
    ("党员", ProtectedKind::PoliticalStatus),
    ("共青团员", ProtectedKind::PoliticalStatus),
    ("团员", ProtectedKind::PoliticalStatus),
    ("群众", ProtectedKind::PoliticalStatus),
    ("民主党派", ProtectedKind::PoliticalStatus),
    ("无党派人士", ProtectedKind::PoliticalStatus),
];

/// The 56 ethnic groups of China as recognised by the state (GB/T 3304), without 族.
const ETHNIC_GROUPS: &[&str] = &[
    "汉",
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
];

static ALONE_TERMS: LazyLock<Terms<ProtectedKind>> = LazyLock::new(|| Terms::new(ALONE.iter().copied()));

/// A longer piece of a line is not one of the words that stand alone.
const MAX_ALONE: usize = 16;

/// All protected places, in order.
pub(crate) fn protected_in(text: &Text, parts: &[Part], fields: &[Field]) -> Vec<Protected> {
    let mut found = Vec::new();
    for field in fields {
        if let Label::Protected(kind) = field.label {
            add(text, &mut found, kind, field.extent);
        }
    }
    for part in parts {
        if matches!(part.kind, SectionKind::Personal | SectionKind::Objective | SectionKind::Summary) {
            for line in text.lines_in(part.body) {
                alone_in_line(text, line.extent, &mut found);
            }
        }
    }
    national_ids(text, &mut found);
    found.sort_unstable_by_key(|protected| (protected.span, protected.kind));
    // A value found alone inside a labelled field says nothing new.
    let mut kept: Vec<Protected> = Vec::with_capacity(found.len());
    for protected in found {
        let inside = kept
            .last()
            .is_some_and(|last| last.kind == protected.kind && last.span.contains(&protected.span));
        if !inside {
            kept.push(protected);
        }
    }
    kept
}

fn add(text: &Text, found: &mut Vec<Protected>, kind: ProtectedKind, extent: Extent) {
    for span in text.spans(extent) {
        found.push(Protected { kind, span });
    }
}

fn alone_in_line(text: &Text, line: Extent, found: &mut Vec<Protected>) {
    let is_cut = |scalar: char| {
        is_field_mark(scalar)
            || scalar.is_whitespace()
            || matches!(scalar, ',' | '，' | '、' | '/' | '。' | '(' | ')')
    };
    let folded = text.folded(line);
    let mut start = 0;
    for piece in folded.split(|&scalar| is_cut(scalar)) {
        let extent = Extent::new(line.start + start, line.start + start + piece.len());
        start += piece.len() + 1;
        if piece.is_empty() || piece.len() > MAX_ALONE {
            continue;
        }
        let kind = ALONE_TERMS.exactly(piece).or_else(|| ethnic_group(piece)).or_else(|| age(piece));
        if let Some(kind) = kind {
            add(text, found, kind, extent);
        }
    }
    years_old(text, line, found);
}

fn ethnic_group(piece: &[char]) -> Option<ProtectedKind> {
    let group = piece.strip_suffix(&['族'])?;
    let known = ETHNIC_GROUPS.iter().any(|known| known.chars().eq(group.iter().copied()));
    known.then_some(ProtectedKind::Ethnicity)
}

/// `28岁`, `1992年生`, `1990年1月出生`.
fn age(piece: &[char]) -> Option<ProtectedKind> {
    let digits = piece.iter().take_while(|scalar| scalar.is_ascii_digit()).count();
    let rest: String = piece.get(digits..)?.iter().collect();
    let is_age = (1..=2).contains(&digits) && matches!(rest.as_str(), "岁" | "周岁");
    let is_birth =
        digits == 4 && (rest.ends_with("出生") || rest.ends_with("年生") || rest.ends_with("月生"));
    (is_age || is_birth).then_some(ProtectedKind::Age)
}

/// `33 岁` and `28 years old`.
fn years_old(text: &Text, line: Extent, found: &mut Vec<Protected>) {
    let folded = text.folded(line);
    for (index, scalar) in folded.iter().enumerate() {
        let after: &[char] = folded.get(index..).unwrap_or_default();
        let ends = match scalar {
            '岁' => 1,
            'y' if "years old".chars().eq(after.iter().copied().take(9)) => 9,
            _ => continue,
        };
        let before = folded.get(..index).unwrap_or_default();
        let spaces = before.iter().rev().take(2).take_while(|&&scalar| scalar == ' ').count();
        let digits =
            before.iter().rev().skip(spaces).take(3).take_while(|scalar| scalar.is_ascii_digit()).count();
        if digits == 2 {
            let start = line.start + index - spaces - digits;
            add(text, found, ProtectedKind::Age, Extent::new(start, line.start + index + ends));
        }
    }
}

/// Chinese resident identity numbers (GB 11643): 17 digits and a check character.
fn national_ids(text: &Text, found: &mut Vec<Protected>) {
    let whole = text.folded(text.whole());
    let mut start = 0;
    while start < whole.len() {
        let rest = whole.get(start..).unwrap_or_default();
        let length = rest.iter().take_while(|scalar| scalar.is_ascii_digit()).count();
        if length == 0 {
            start += 1;
            continue;
        }
        let with_check = rest.get(length) == Some(&'x');
        let goes_on = rest.get(length + usize::from(with_check)).is_some_and(char::is_ascii_alphanumeric);
        let candidate = match length {
            18 if !with_check => rest.get(..18),
            17 if with_check => rest.get(..18),
            _ => None,
        };
        if let Some(number) = candidate.filter(|number| !goes_on && has_valid_check(number)) {
            add(text, found, ProtectedKind::NationalId, Extent::new(start, start + number.len()));
        }
        start += length;
    }
}

fn has_valid_check(number: &[char]) -> bool {
    let Some((check, digits)) = number.split_last() else {
        return false;
    };
    // The weight of a place is 2 to the power of its distance from the end, modulo 11.
    let mut sum = 0;
    let mut weight = 2;
    for digit in digits.iter().rev() {
        sum += digit.to_digit(10).unwrap_or(0) * weight;
        weight = weight * 2 % 11;
    }
    let expected = (12 - sum % 11) % 11;
    match check {
        'x' => expected == 10,
        _ => check.to_digit(10) == Some(expected),
    }
}

/// Whether `word` as a whole is a protected value, so no name.
pub(crate) fn is_protected_word(word: &[char]) -> bool {
    ALONE_TERMS.exactly(word).is_some()
        || (word.iter().all(|&scalar| is_han(scalar)) && ethnic_group(word).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::fields_in;
    use crate::sections::parts_of;
    use crate::text::pages_of;
    use ProtectedKind::*;

    fn found(page: &str) -> Vec<(ProtectedKind, String)> {
        let pages = pages_of(&[page]);
        let text = Text::of(&pages);
        let found = protected_in(&text, &parts_of(&text), &fields_in(&text));
        found.iter().map(|protected| (protected.kind, pages.text_at(protected.span).unwrap())).collect()
    }

    #[test]
    fn protected_places_are_found() {
        let cases: [(&str, &[(ProtectedKind, &str)]); 10] = [
            ("性别：女  年龄：28", &[(Gender, "性别：女"), (Age, "年龄：28")]),
            (
                "林小雨 | 女 | 28岁 | 汉族 | 已婚",
                &[(Gender, "女"), (Age, "28岁"), (Ethnicity, "汉族"), (MaritalStatus, "已婚")],
            ),
            ("籍贯：江苏苏州", &[(Birthplace, "籍贯：江苏苏州")]),
            ("政治面貌：中共党员", &[(PoliticalStatus, "政治面貌：中共党员")]),
            ("33 岁 中共党员", &[(Age, "33 岁"), (PoliticalStatus, "中共党员")]),
            ("1992年生", &[(Age, "1992年生")]),
            ("11010519491231002X", &[(NationalId, "11010519491231002X")]),
            ("110105194912310021", &[]),
            ("Date of Birth: 1 May 1990", &[(Age, "Date of Birth: 1 May 1990")]),
            ("Marital status: single", &[(MaritalStatus, "Marital status: single")]),
        ];
        for (page, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|(kind, text)| (*kind, (*text).to_owned())).collect();
            assert_eq!(found(page), expected, "{page}");
        }
    }
}
