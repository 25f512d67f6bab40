//! What tells who somebody is inside of sentences: `born in Nanning`, `本人系回族`, `37 years old`.

use std::sync::LazyLock;

use bole_core::ProtectedKind;

use super::alone::{ethnic_group, people};
use crate::tables::protected::ANYWHERE;
use crate::terms::Terms;
use crate::text::{Extent, Text, ends_with, is_field_mark, is_han, starts_with};

/// A word that begins or ends something protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cue {
    /// The phrase as it stands, in whatever section.
    Phrase(ProtectedKind),
    /// `born`.
    Born,
    /// 出生, 生于: a date before it, a place behind it.
    BornHan,
    /// 籍贯, 户籍 before a place.
    Native,
    /// `native of`.
    NativeOf,
    /// 岁, `years old` behind a number.
    YearsOld,
    /// `aged` before a number.
    Aged,
    /// 身高, 体重 before a number.
    Measure,
    /// 入党 behind a date.
    Joined,
    /// 族 behind a group.
    Group,
    /// `ethnic group` behind a people.
    People,
    /// `ethnic` before a people.
    Ethnic,
}

const CUES: &[(&str, Cue)] = &[
    ("born", Cue::Born),
    ("生于", Cue::BornHan),
    ("出生于", Cue::BornHan),
    ("出生在", Cue::BornHan),
    ("出生", Cue::BornHan),
    ("籍贯", Cue::Native),
    ("祖籍", Cue::Native),
    ("户籍", Cue::Native),
    ("户口", Cue::Native),
    ("生源地", Cue::Native),
    ("出生地", Cue::Native),
    ("native of", Cue::NativeOf),
    ("hails from", Cue::NativeOf),
    ("originally from", Cue::NativeOf),
    ("native place", Cue::NativeOf),
    ("hometown", Cue::NativeOf),
    ("岁", Cue::YearsOld),
    ("周岁", Cue::YearsOld),
    ("years old", Cue::YearsOld),
    ("years of age", Cue::YearsOld),
    ("yrs old", Cue::YearsOld),
    ("y/o", Cue::YearsOld),
    ("-year-old", Cue::YearsOld),
    (" year-old", Cue::YearsOld),
    ("aged", Cue::Aged),
    ("身高", Cue::Measure),
    ("体重", Cue::Measure),
    ("入党", Cue::Joined),
    ("入团", Cue::Joined),
    ("族", Cue::Group),
    ("ethnic group", Cue::People),
    ("ethnicity", Cue::People),
    ("ethnic minority", Cue::People),
    ("nationality", Cue::People),
    ("ethnic", Cue::Ethnic),
];

static TERMS: LazyLock<Terms<Cue>> = LazyLock::new(|| {
    let phrases = ANYWHERE.iter().map(|(phrase, kind)| (*phrase, Cue::Phrase(*kind)));
    Terms::new(CUES.iter().copied().chain(phrases))
});

/// Before or behind the word for a member of a party: then it is work with members.
const PARTY_WORK_BEFORE: &[&str] = &["发展", "培养", "管理", "服务", "组织", "培训", "教育", "名"];
const PARTY_WORK_AFTER: &[&str] = &[
    "发展", "教育", "管理", "大会", "活动", "先锋", "之家", "培训", "档案", "干部", "信息", "队伍", "组织",
    "服务", "的",
];

/// Behind 18岁: then it is the age of others.
const AGES_OF_OTHERS: &[&str] = &[
    "以上",
    "以下",
    "以内",
    "及以",
    "左右",
    "儿童",
    "的",
    "至",
    "到",
    "-",
    "~",
    "用户",
    "人群",
    "幼",
    "段",
    "老",
    "患",
    " company",
    " firm",
    " brand",
    " product",
    " system",
    " building",
    " code",
    " business",
    " child",
    " kid",
    " patient",
    " boy",
    " girl",
    " bank",
    " plant",
    " fund",
    " and over",
    " or",
    "s",
];

/// What a date is written with.
const DATE_MARKS: &str = "年月日号.-/ ";

/// A date or place in a sentence is at most so long.
const MAX_PHRASE: usize = 40;

/// What `line` tells inside of its sentences. `about`: it stands in a part about the person.
pub(super) fn prose_in_line(
    text: &Text,
    line: Extent,
    about: bool,
    found: &mut Vec<(Extent, ProtectedKind)>,
) {
    let folded = text.folded(line);
    let mut index = 0;
    while index < folded.len() {
        let Some((length, cue)) = TERMS.at(folded, index) else {
            index += 1;
            continue;
        };
        let end = index + length;
        let place = match cue {
            Cue::Phrase(kind) => phrase(folded, index, end, kind),
            _ if !about => None,
            Cue::Born => born(text, line, index, end),
            Cue::BornHan => born_han(folded, index, end),
            Cue::Native => native(folded, index, end),
            Cue::NativeOf => {
                let after = clause_end(text, line, end);
                (after > end + 1).then_some((index, after, ProtectedKind::Birthplace))
            }
            Cue::YearsOld => years_old(folded, index, end),
            Cue::Aged => aged(folded, index, end),
            Cue::Measure => measure(folded, index, end),
            Cue::Joined => {
                let start = date_before(folded, index);
                (start < index).then_some((start, end, ProtectedKind::PoliticalStatus))
            }
            Cue::Group => group(folded, end),
            Cue::People => people_before(folded, index, end),
            Cue::Ethnic => people_after(folded, index, end),
        };
        if let Some((start, end, kind)) = place {
            found.push((Extent::new(line.start + start, line.start + end), kind));
            index = end.max(index + 1);
        } else {
            index = end;
        }
    }
}

type Place = Option<(usize, usize, ProtectedKind)>;

fn phrase(folded: &[char], start: usize, end: usize, kind: ProtectedKind) -> Place {
    let (before, after) = (folded.get(..start)?, folded.get(end..)?);
    let is_han_party =
        kind == ProtectedKind::PoliticalStatus && folded.get(start).copied().is_some_and(is_han);
    let is_work = is_han_party
        && (PARTY_WORK_BEFORE.iter().any(|word| ends_with(before, word))
            || PARTY_WORK_AFTER.iter().any(|word| starts_with(after, word)));
    (!is_work).then_some((start, end, kind))
}

/// `born in 1993`, `born and raised in Nanning, Guangxi`.
fn born(text: &Text, line: Extent, start: usize, end: usize) -> Place {
    let folded = text.folded(line);
    if start.checked_sub(1).and_then(|before| folded.get(before)) == Some(&'-') {
        return None;
    }
    let rest = folded.get(end..)?;
    let after = rest.iter().position(|&scalar| scalar != ' ' && scalar != ':')?;
    let rest = rest.get(after..)?;
    let is_month = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        .iter()
        .any(|month| starts_with(rest, month));
    let links = ["in ", "on ", "at ", "and raised in ", "and bred in ", "and brought up in "];
    let sound =
        is_month || rest.first()?.is_ascii_digit() || links.iter().any(|link| starts_with(rest, link));
    let until = clause_end(text, line, end);
    let told = folded.get(end..until)?;
    let kind =
        if told.iter().any(char::is_ascii_digit) { ProtectedKind::Age } else { ProtectedKind::Birthplace };
    // `born in the cloud` names no place.
    let is_named = kind == ProtectedKind::Age
        || text.raw(line).get(end..until)?.iter().any(|scalar| scalar.is_uppercase());
    (sound && is_named && until > end).then_some((start, until, kind))
}

/// Where the clause ends that begins at `from`: a date or a place may go on behind one comma.
fn clause_end(text: &Text, line: Extent, from: usize) -> usize {
    let folded = text.folded(line);
    let raw = text.raw(line);
    let mut n_commas = 0;
    let limit = folded.len().min(from + MAX_PHRASE);
    let mut at = from;
    while at < limit {
        let rest = folded.get(at..).unwrap_or_default();
        let Some(&scalar) = rest.first() else { break };
        let stops = is_field_mark(scalar)
            || matches!(scalar, '。' | '(' | ')' | '!')
            || (scalar == '.' && rest.get(1).is_none_or(|next| *next == ' '))
            || starts_with(rest, "  ")
            || [" and ", " with ", " to ", " who ", " now ", " currently ", " i ", " he ", " she "]
                .iter()
                .any(|word| {
                    starts_with(rest, word)
                        && !starts_with(rest, " and raised")
                        && !starts_with(rest, " and br")
                });
        if stops {
            break;
        }
        if scalar == ',' {
            n_commas += 1;
            let next = raw.get(at + 1..).unwrap_or_default().iter().find(|scalar| **scalar != ' ');
            let goes_on = next.is_some_and(|next| next.is_uppercase() || next.is_ascii_digit());
            let next_end = folded
                .get(at + 1..limit)
                .unwrap_or_default()
                .iter()
                .position(|&it| is_field_mark(it) || matches!(it, ',' | '.' | ';' | '('));
            let word_is_short = next_end.unwrap_or(limit - at) <= 20;
            let word = folded.get(at + 1..at + 1 + next_end.unwrap_or(limit - at - 1)).unwrap_or_default();
            let first = trimmed(word).split(|scalar| *scalar == ' ').next().unwrap_or_default();
            let is_other = people(first).is_some();
            if n_commas > 1 || !goes_on || !word_is_short || is_other {
                break;
            }
        }
        at += 1;
    }
    at
}

fn trimmed(word: &[char]) -> &[char] {
    let start = word.iter().position(|scalar| *scalar != ' ').unwrap_or(word.len());
    let end = word.iter().rposition(|scalar| *scalar != ' ').map_or(start, |last| last + 1);
    word.get(start..end).unwrap_or_default()
}

/// Where the date begins that ends at `end`.
fn date_before(folded: &[char], end: usize) -> usize {
    let before = folded.get(end.saturating_sub(16)..end).unwrap_or_default();
    let is_date = |scalar: &&char| scalar.is_ascii_digit() || DATE_MARKS.contains(**scalar);
    let length = before.iter().rev().take_while(is_date).count();
    let date = before.get(before.len() - length..).unwrap_or_default();
    match date.iter().position(char::is_ascii_digit) {
        Some(first) => end - length + first,
        None => end,
    }
}

fn born_han(folded: &[char], start: usize, end: usize) -> Place {
    let before = start.checked_sub(1).and_then(|before| folded.get(before));
    if matches!(before, Some('产' | '诞' | '发' | '源' | '学' | '派' | '衍' | '新' | '活')) {
        return None;
    }
    let from = date_before(folded, start);
    let has_place = matches!(folded.get(end - 1), Some('于' | '在'));
    let rest = folded.get(end..)?;
    let goes_on =
        |scalar: &&char| is_han(**scalar) || scalar.is_ascii_digit() || matches!(**scalar, '.' | '-' | '/');
    let length = if has_place { rest.iter().take(16).take_while(goes_on).count() } else { 0 };
    let is_age = from < start || rest.first().is_some_and(char::is_ascii_digit);
    let kind = if is_age { ProtectedKind::Age } else { ProtectedKind::Birthplace };
    (from < start || length > 1).then_some((from, end + length, kind))
}

/// `籍贯江苏盐城`.
fn native(folded: &[char], start: usize, end: usize) -> Place {
    let rest = folded.get(end..)?;
    let n_links =
        rest.iter().take(4).take_while(|scalar| matches!(scalar, '为' | '是' | '在' | ' ' | ':')).count();
    let place = rest.get(n_links..)?;
    let length = place.iter().take(16).take_while(|scalar| is_han(**scalar)).count();
    // 户籍管理系统, 户口登记 and the like are work.
    let is_work =
        ["管理", "登记", "制度", "系统", "政策", "改革", "民警", "档案", "信息", "地", "所在", "办理", "迁"]
            .iter()
            .any(|word| starts_with(place, word));
    ((2..=14).contains(&length) && !is_work).then_some((
        start,
        end + n_links + length,
        ProtectedKind::Birthplace,
    ))
}

fn years_old(folded: &[char], start: usize, end: usize) -> Place {
    let before = folded.get(..start)?;
    let spaces = before.iter().rev().take(2).take_while(|&&scalar| scalar == ' ').count();
    let n_digits =
        before.iter().rev().skip(spaces).take(3).take_while(|scalar| scalar.is_ascii_digit()).count();
    let from = start.checked_sub(spaces + n_digits)?;
    let mark = from.checked_sub(1).and_then(|mark| folded.get(mark));
    let is_range = matches!(mark, Some('-' | '~' | '至' | '到' | '.' | '满' | '近'));
    let rest = folded.get(end..)?;
    let of_others = AGES_OF_OTHERS.iter().any(|word| starts_with(rest, word));
    (n_digits == 2 && !is_range && !of_others).then_some((from, end, ProtectedKind::Age))
}

fn aged(folded: &[char], start: usize, end: usize) -> Place {
    let rest = folded.get(end..)?;
    let n_digits = rest.iter().skip(1).take(3).take_while(|scalar| scalar.is_ascii_digit()).count();
    let next = rest.get(1 + n_digits);
    let is_range = matches!(next, Some('-' | '+')) || starts_with(rest.get(1 + n_digits..)?, " to ");
    let is_own = rest.first() == Some(&' ') && n_digits == 2 && !is_range;
    let ends = next.is_none_or(|next| !next.is_alphanumeric());
    (is_own && ends && !starts_with(rest.get(3..)?, " and")).then_some((start, end + 3, ProtectedKind::Age))
}

/// `身高175cm`.
fn measure(folded: &[char], start: usize, end: usize) -> Place {
    let rest = folded.get(end..)?;
    let n_links = rest.iter().take(3).take_while(|scalar| matches!(scalar, '约' | ' ' | ':' | '为')).count();
    let number = rest.get(n_links..)?;
    let n_digits =
        number.iter().take(5).take_while(|scalar| scalar.is_ascii_digit() || **scalar == '.').count();
    let unit = number.get(n_digits..)?;
    let units = ["cm", "kg", "厘米", "公分", "公斤", "千克", "斤", "米", "m"];
    let n_unit = units.iter().find(|word| starts_with(unit, word)).map_or(0, |word| word.chars().count());
    (n_digits >= 2).then_some((start, end + n_links + n_digits + n_unit, ProtectedKind::Body))
}

/// `本人系回族，`, but not 回族文化.
fn group(folded: &[char], end: usize) -> Place {
    let next = folded.get(end);
    let ends = next.is_none_or(|next| !is_han(*next) || matches!(next, '人' | '男' | '女'));
    let word = (2..=5).find_map(|length| {
        let start = end.checked_sub(length)?;
        let before = start.checked_sub(1).and_then(|before| folded.get(before));
        let begins = before
            .is_none_or(|before| !is_han(*before) || matches!(before, '是' | '系' | '为' | '女' | '男'));
        (begins && ethnic_group(folded.get(start..end)?)).then_some(start)
    });
    // A list of groups is not about one person.
    let is_listed = matches!(next, Some('、' | '和'))
        || word.is_some_and(|start| {
            matches!(start.checked_sub(1).and_then(|before| folded.get(before)), Some('、' | '和'))
        });
    word.filter(|_| ends && !is_listed).map(|start| (start, end, ProtectedKind::Ethnicity))
}

/// `of the Hui ethnic group`.
fn people_before(folded: &[char], start: usize, end: usize) -> Place {
    let before = folded.get(..start)?;
    let before = before.strip_suffix(&[' ']).unwrap_or(before);
    let mut from = before.len();
    for _ in 0..2 {
        let length = before.get(..from)?.iter().rev().take(14).take_while(|scalar| **scalar != ' ').count();
        from -= length;
        let words = before.get(from..)?;
        let words: &[char] = words
            .iter()
            .position(|scalar| matches!(scalar, ',' | '(' | '|'))
            .map_or(words, |mark| words.get(mark + 1..).unwrap_or_default());
        if let Some(kind) = people(words) {
            return Some((before.len() - words.len(), end, kind));
        }
        from = from.checked_sub(1)?;
    }
    None
}

/// `ethnic Zhuang`.
fn people_after(folded: &[char], start: usize, end: usize) -> Place {
    let rest = folded.get(end..)?.strip_prefix(&[' '])?;
    let length = rest.iter().take(16).take_while(|scalar| scalar.is_alphabetic()).count();
    let kind = people(rest.get(..length)?)?;
    Some((start, end + 1 + length, kind))
}
