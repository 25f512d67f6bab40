//! Years of work that a resume claims in so many words.

use std::sync::LazyLock;

use bole_core::{SectionKind, Sourced};

use crate::fields::{Field, field_in};
use crate::sections::Part;
use crate::tables::labels::Label;
use crate::terms::Terms;
use crate::text::{Extent, Text, is_han};

/// Nobody works longer.
const MAX_YEARS: u32 = 60;

/// How much around a number of years tells what they are of.
const REACH: usize = 48;

/// What years of work are called, behind their number.
const WORK: &[&str] = &[
    "工作经验",
    "工作经历",
    "从业经验",
    "从业经历",
    "工作年限",
    "经验",
    "经历",
    "从业",
    "experience",
    "work experience",
    "professional experience",
    "working experience",
    "in the industry",
    "in banking",
    "in the field",
    "career",
];

/// What makes the years somebody else's, a wish, or a part.
const NOT_WORK: &[&str] = &[
    "要求",
    "需要",
    "希望",
    "招聘",
    "至少",
    "以上工作经验者",
    "岁",
    "公司成立",
    "成立",
    "历史",
    "客户",
    "团队",
    "项目周期",
    "required",
    "requirement",
    "requires",
    "minimum",
    "at least",
    "years old",
    "year-old",
    "company with",
    "warranty",
    "history of",
    "we are",
    "looking for",
    "founded",
    "team with",
    "clients with",
];

static WORK_TERMS: LazyLock<Terms<()>> = LazyLock::new(|| Terms::new(WORK.iter().map(|word| (*word, ()))));
static NOT_TERMS: LazyLock<Terms<()>> = LazyLock::new(|| Terms::new(NOT_WORK.iter().map(|word| (*word, ()))));

/// Numbers that are written out.
const WORDS: &[(&str, u32)] = &[
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
];
static WORD_TERMS: LazyLock<Terms<u32>> = LazyLock::new(|| Terms::new(WORDS.iter().copied()));

/// The months that the resume claims, from the field of a form, or from what is personal or a summary.
pub(crate) fn claimed_months(text: &Text, parts: &[Part], fields: &[Field]) -> Option<Sourced<u32>> {
    let may_claim = |part: &&Part| {
        matches!(
            part.kind,
            SectionKind::Personal | SectionKind::Summary | SectionKind::Objective | SectionKind::Skills
        )
    };
    for part in parts.iter().filter(may_claim) {
        if let Some(field) = field_in(fields, part.body, |label| label == Label::WorkYears)
            && let Some((years, extent)) = numbers_in(text, field.value).next()
        {
            return text.sourced(extent, years * 12, 90);
        }
        for line in text.lines_in(part.body) {
            let found =
                numbers_in(text, line.extent).find(|(_, extent)| is_of_work(text, line.extent, *extent));
            if let Some((years, extent)) = found {
                return text.sourced(
                    extent,
                    years * 12,
                    if part.kind == SectionKind::Objective { 55 } else { 82 },
                );
            }
        }
    }
    None
}

/// The numbers of years in `extent`: `8年`, `12+ years`, `十二年`, `eight years`.
fn numbers_in(text: &Text, extent: Extent) -> impl Iterator<Item = (u32, Extent)> {
    let folded = text.folded(extent);
    (0..folded.len()).filter_map(move |index| {
        let (years, length) = years_at(folded, index)?;
        (1..=MAX_YEARS)
            .contains(&years)
            .then(|| (years, Extent::new(extent.start + index, extent.start + index + length)))
    })
}

fn years_at(folded: &[char], index: usize) -> Option<(u32, usize)> {
    let before = index.checked_sub(1).and_then(|before| folded.get(before));
    let first = *folded.get(index)?;
    let rest = folded.get(index..)?;
    let is_han_digit = |scalar: char| "一二两三四五六七八九十".contains(scalar);
    let (value, length) = if first.is_ascii_digit() {
        if before
            .is_some_and(|scalar| scalar.is_ascii_alphanumeric() || matches!(scalar, '.' | '-' | '/' | '~'))
        {
            return None;
        }
        let length = rest.iter().take(3).take_while(|scalar| scalar.is_ascii_digit()).count();
        let value =
            rest.iter().take(length).fold(0, |value, scalar| value * 10 + scalar.to_digit(10).unwrap_or(0));
        (value, length)
    } else if is_han_digit(first) {
        if before
            .is_some_and(|&scalar| is_han_digit(scalar) || matches!(scalar, '第' | '近' if scalar == '第'))
        {
            return None;
        }
        let length = rest.iter().take(4).take_while(|&&scalar| is_han_digit(scalar)).count();
        (han_number(rest.get(..length)?)?, length)
    } else if first.is_ascii_lowercase() {
        let (length, value) = WORD_TERMS.at(folded, index)?;
        (value, length)
    } else {
        return None;
    };
    let mut end = length;
    while rest.get(end).is_some_and(|scalar| matches!(scalar, '+' | ' ' | '余' | '多')) && end < length + 3
    {
        end += 1;
    }
    let unit = rest.get(end..)?;
    let starts = |word: &str| word.chars().eq(unit.iter().copied().take(word.chars().count()));
    let length_of_unit = ["years'", "years", "year", "yrs", "年"]
        .into_iter()
        .find(|word| starts(word))
        .map(|word| word.chars().count())?;
    // `5年级`, `2018年`
    let after = unit.get(length_of_unit);
    let is_else = after.is_some_and(|scalar| {
        scalar.is_ascii_alphanumeric() || matches!(scalar, '级' | '度' | '代' | '底' | '初')
    });
    (!is_else).then_some((value, end + length_of_unit))
}

fn han_number(digits: &[char]) -> Option<u32> {
    let digit = |scalar: char| match scalar {
        '两' => Some(2),
        _ => "一二三四五六七八九".chars().position(|known| known == scalar).map(|at| at as u32 + 1),
    };
    match digits {
        ['十'] => Some(10),
        ['十', ones] => Some(10 + digit(*ones)?),
        [tens, '十'] => Some(digit(*tens)? * 10),
        [tens, '十', ones] => Some(digit(*tens)? * 10 + digit(*ones)?),
        [ones] => digit(*ones),
        _ => None,
    }
}

/// Whether the words around say that the years are of the person's work.
fn is_of_work(text: &Text, line: Extent, years: Extent) -> bool {
    let before = text.folded(Extent::new(line.start.max(years.start.saturating_sub(REACH / 2)), years.start));
    let after = text.folded(Extent::new(years.end, (years.end + REACH).min(line.end)));
    let sentence = after.iter().position(|scalar| matches!(scalar, '。' | ';' | '.')).unwrap_or(after.len());
    let after = after.get(..sentence).unwrap_or_default();
    let has_han = text.folded(years).iter().any(|&scalar| is_han(scalar));
    // In Chinese the noun follows within a few characters.
    let near = if has_han { after.get(..after.len().min(14)).unwrap_or_default() } else { after };
    WORK_TERMS.find(near).is_some() && NOT_TERMS.find(before).is_none() && NOT_TERMS.find(near).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::fields_in;
    use crate::sections::parts_of;
    use crate::text::pages_of;

    #[test]
    fn years_that_are_claimed() {
        let cases = [
            ("林一\n8年工作经验", Some(96)),
            ("林一\n工作年限：5年", Some(60)),
            ("林一\n自我评价\n十二年储能行业从业经验", Some(144)),
            ("林一 | 6年以上经验", Some(72)),
            ("Ann Lee\nSummary\nEngineer with 12+ years of experience in storage", Some(144)),
            ("Ann Lee\nProfile\nRisk manager with thirteen years of experience in banking", Some(156)),
            ("林一\n28岁", None),
            ("林一\n求职意向：要求3年以上工作经验的岗位", None),
            ("Ann Lee\nSummary\nAt least 5 years experience required", None),
            ("林一\n自我评价\n公司成立10年，经验丰富", None),
            ("林一\n2018年毕业，有经验", None),
            ("林一\n三年级学生，有经验", None),
        ];
        for (page, expected) in cases {
            let text = Text::of(&pages_of(&[page]));
            let months = claimed_months(&text, &parts_of(&text), &fields_in(&text));
            assert_eq!(months.map(|months| months.value), expected, "{page}");
        }
    }
}
