//! Is a line a heading, and of what?

use std::sync::LazyLock;

use bole_core::SectionKind;

use crate::tables::headings::{PRECEDENCE, WHOLE, WORDS, Word};
use crate::tables::headings_han::{
    COURSE_STEMS, COURSE_TAILS, HAN_HEADINGS, HAN_INLINE, HAN_PREFIXES, HAN_STEMS,
};
use crate::terms::Terms;
use crate::text::{Extent, Line, Text, is_bullet, is_han};

/// A heading in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Heading {
    pub(crate) kind: SectionKind,
    pub(crate) extent: Extent,
    /// What it heads begins on its own line.
    pub(crate) inline: bool,
}

/// A longer line is no heading.
const MAX_HEADING: usize = 60;

/// A heading has at most so many Latin words.
const MAX_WORDS: usize = 7;

/// What follows a heading on its line is at least so long, or it is a field of a form.
const MIN_INLINE: usize = 6;

/// A Chinese heading with the field that it is of is at most so long.
const MAX_FIELD: usize = 10;

/// A shorter word beside other text is a label or an item.
const MIN_BESIDE: usize = 4;

static HAN: LazyLock<Terms<SectionKind>> = LazyLock::new(|| Terms::new(HAN_HEADINGS.iter().copied()));
static STEMS: LazyLock<Terms<SectionKind>> = LazyLock::new(|| Terms::new(HAN_STEMS.iter().copied()));
static LATIN: LazyLock<Terms<Word>> = LazyLock::new(|| Terms::new(WORDS.iter().copied()));
static LATIN_WHOLE: LazyLock<Terms<SectionKind>> = LazyLock::new(|| Terms::new(WHOLE.iter().copied()));

/// A heading that `line` is or begins with.
pub(crate) fn heading_of(text: &Text, line: &Line) -> Option<Heading> {
    whole_line(text, line).or_else(|| before_colon(text, line)).or_else(|| beside(text, line))
}

fn whole_line(text: &Text, line: &Line) -> Option<Heading> {
    if line.extent.len() > MAX_HEADING {
        return None;
    }
    let extent = text.trim_matches(line.extent, |scalar| !scalar.is_alphanumeric());
    let ends_sentence = matches!(text.folded_at(extent.end), Some('.' | ',' | ';' | '。' | '，'))
        && extent.end < line.extent.end;
    if extent.is_empty() || ends_sentence {
        return None;
    }
    let emphasis = line.blank_before || text.folded_at(extent.end) == Some(':');
    let kind = kind_of(text, without_number(text, extent), emphasis)?;
    Some(Heading { kind, extent: line.extent, inline: false })
}

/// `Skills: Rust, SQL`.
fn before_colon(text: &Text, line: &Line) -> Option<Heading> {
    let folded = text.folded(line.extent);
    let colon = folded.iter().take(MAX_HEADING / 2).position(|&scalar| scalar == ':')?;
    let after = Extent::new(line.extent.start + colon + 1, line.extent.end);
    let before = Extent::new(line.extent.start, line.extent.start + colon);
    if text.trim(after).len() < MIN_INLINE {
        return None;
    }
    let starts_bare = text.raw(before).first().is_some_and(|scalar| scalar.is_alphabetic());
    let compact = compact(text.folded(before));
    let kind = if compact.iter().all(|&scalar| is_han(scalar)) {
        let known = HAN_INLINE.iter().any(|heading| heading.chars().eq(compact.iter().copied()));
        known.then(|| HAN.exactly(&compact)).flatten()
    } else {
        latin_kind(text, before, false).filter(|_| starts_bare)
    };
    Some(Heading { kind: kind?, extent: Extent::new(before.start, before.end + 1), inline: true })
}

/// `获奖情况 • 2023 …`, `教育背景  2014.09-2018.07 …`: a heading in a column of its own, and what stands beside it.
fn beside(text: &Text, line: &Line) -> Option<Heading> {
    let folded = text.folded(line.extent);
    let length = folded.iter().take(MAX_HEADING / 2).position(|&scalar| scalar == ' ')?;
    let after = folded.get(length..)?;
    let is_item =
        matches!(after, [' ', ' ', ..]) || matches!(after, [' ', mark, ' ', ..] if is_bullet(*mark));
    let before = folded.get(..length)?;
    if !is_item || length < MIN_BESIDE || !before.iter().copied().all(is_han) {
        return None;
    }
    let extent = Extent::new(line.extent.start, line.extent.start + length);
    // The others are labels in forms: 求职意向, 英语水平.
    let is_column = |kind: &SectionKind| {
        matches!(
            kind,
            SectionKind::Education
                | SectionKind::Work
                | SectionKind::Internship
                | SectionKind::Project
                | SectionKind::Research
                | SectionKind::Skills
                | SectionKind::Certificates
                | SectionKind::Awards
                | SectionKind::Publications
                | SectionKind::Summary
        )
    };
    han_kind(before).filter(is_column).map(|kind| Heading { kind, extent, inline: true })
}

/// `emphasis`: something beside the words says that it is a heading.
fn kind_of(text: &Text, extent: Extent, emphasis: bool) -> Option<SectionKind> {
    let extent = without_parenthesis(text, extent);
    let folded = text.folded(extent);
    let is_han_part = |scalar: &char| is_han(*scalar);
    let Some(first_han) = folded.iter().position(&is_han_part) else {
        return latin_kind(text, extent, emphasis);
    };
    let last_han = folded.iter().rposition(is_han_part)?;
    let han = Extent::new(extent.start + first_han, extent.start + last_han + 1);
    let compact = compact(text.folded(han));
    let kind = han_kind(&compact).or_else(|| if emphasis { of_a_field(&compact) } else { None });
    let is_edge = |scalar: char| !scalar.is_alphanumeric();
    let before = text.trim_matches(Extent::new(extent.start, han.start), is_edge);
    let after = text.trim_matches(Extent::new(han.end, extent.end), is_edge);
    match (before.is_empty(), after.is_empty()) {
        (true, true) => kind,
        // `IT 技能`
        (false, true) if text.folded(before) == ['i', 't'] => kind,
        (false, true) => kind.filter(|_| latin_kind(text, before, true).is_some()),
        (true, false) => kind.filter(|_| latin_kind(text, after, true).is_some()),
        (false, false) => None,
    }
}

/// A Chinese heading, or several joined: 论文与专利. The first says the kind.
fn han_kind(compact: &[char]) -> Option<SectionKind> {
    if let Some(kind) = one_han(compact) {
        return Some(kind);
    }
    if compact.len() > 16 {
        return None;
    }
    let mut parts =
        compact.split(|scalar| matches!(scalar, '与' | '和' | '及' | '、' | '/' | '&' | '或' | '·'));
    let last = parts.next_back()?;
    let last_kind = one_han(last).or_else(|| STEMS.exactly(last))?;
    let mut first = None;
    let mut n_whole = usize::from(one_han(last).is_some());
    for part in parts {
        let kind = one_han(part).or_else(|| STEMS.exactly(part))?;
        first = first.or(Some(kind));
        n_whole += usize::from(one_han(part).is_some());
    }
    if n_whole == 0 {
        return None;
    }
    match first {
        // 校园与科研项目: what says more decides.
        Some(SectionKind::Other) => Some(last_kind),
        // 研究与工作经历: the words of an entry tell research from other work.
        Some(SectionKind::Research) if last_kind == SectionKind::Work => Some(last_kind),
        first => first,
    }
}

fn one_han(compact: &[char]) -> Option<SectionKind> {
    HAN.exactly(compact).or_else(|| composed(compact)).or_else(|| {
        let mut prefixes = HAN_PREFIXES.iter().map(|prefix| prefix.chars().collect::<Vec<_>>());
        prefixes.find_map(|prefix| HAN.exactly(compact.strip_prefix(prefix.as_slice())?))
    })
}

/// 储能行业工作经历: a heading behind the field that it is of.
fn of_a_field(compact: &[char]) -> Option<SectionKind> {
    let is_short = compact.len() <= MAX_FIELD && compact.iter().copied().all(is_han);
    let tail = compact.len().checked_sub(4).filter(|&start| is_short && start >= 2)?;
    let kind = HAN.exactly(compact.get(tail..)?).or_else(|| composed(compact.get(tail..)?))?;
    let is_course = matches!(
        kind,
        SectionKind::Work | SectionKind::Internship | SectionKind::Education | SectionKind::Research
    );
    is_course.then_some(kind)
}

/// 供职经历, 求学历程: what it is about, and a word for the course of it.
fn composed(compact: &[char]) -> Option<SectionKind> {
    let starts = |stem: &str| stem.chars().eq(compact.iter().copied().take(stem.chars().count()));
    let (stem, kind) = COURSE_STEMS.iter().find(|(stem, _)| starts(stem))?;
    let tail = compact.get(stem.chars().count()..)?;
    COURSE_TAILS.iter().any(|known| known.chars().eq(tail.iter().copied())).then_some(*kind)
}

fn latin_kind(text: &Text, extent: Extent, emphasis: bool) -> Option<SectionKind> {
    let raw = text.raw(extent);
    if !raw.first()?.is_uppercase() {
        return None;
    }
    let all_upper = !raw.iter().any(|scalar| scalar.is_lowercase());
    let words = latin_words(text.folded(extent))?;
    let joined = words.join(" ");
    let joined: Vec<char> = joined.chars().collect();
    if let Some(kind) = LATIN_WHOLE.exactly(&joined) {
        let certain = emphasis || all_upper || words.len() > 1;
        return certain.then_some(kind);
    }
    let meaning = |word: &String| LATIN.exactly(&word.chars().collect::<Vec<_>>());
    match words.iter().map(meaning).collect::<Option<Vec<_>>>() {
        Some(meanings) => kind_of_words(&meanings, emphasis || all_upper),
        None => field_of_experience(&words, emphasis || all_upper),
    }
}

/// `Banking Experience`: employment in a field that the table does not know.
fn field_of_experience(words: &[String], emphasis: bool) -> Option<SectionKind> {
    let ends = words.last().is_some_and(|word| {
        matches!(word.as_str(), "experience" | "employment" | "career" | "appointments" | "jobs")
    });
    let aside =
        words.iter().any(|word| LATIN.exactly(&word.chars().collect::<Vec<_>>()) == Some(Word::Aside));
    let sound = ends && emphasis && (2..=3).contains(&words.len()) && !aside;
    sound.then_some(SectionKind::Work)
}

fn kind_of_words(meanings: &[Word], emphasis: bool) -> Option<SectionKind> {
    let named =
        |kind: SectionKind| meanings.contains(&Word::Names(kind)) || meanings.contains(&Word::Hints(kind));
    let aside = meanings.contains(&Word::Aside);
    let content = meanings.iter().filter(|&&meaning| meaning != Word::Filler);
    let weak = |meaning: &Word| matches!(meaning, Word::Hints(_) | Word::Aside | Word::Abilities);
    let only_weak = content.clone().all(weak);
    if content.count() == 0 || (only_weak && meanings.len() == 1 && !emphasis) {
        return None;
    }
    let kind = PRECEDENCE.iter().copied().find(|&kind| named(kind));
    let is_research_project = |pair: &[Word]| {
        matches!(pair, [Word::Hints(SectionKind::Research), Word::Names(SectionKind::Project)])
    };
    let is_of_entries =
        matches!(kind, Some(SectionKind::Internship | SectionKind::Research | SectionKind::Project));
    let kind = match kind {
        // `Work and Projects`: the words of an entry tell the rest from jobs.
        Some(_) if is_of_entries && named(SectionKind::Work) => Some(SectionKind::Work),
        Some(_) if is_of_entries && meanings.windows(2).any(is_research_project) => {
            Some(SectionKind::Project)
        }
        kind => kind,
    };
    let doing = meanings.contains(&Word::Doing);
    match kind {
        // `Activities and Honors`, `Education and Training`, but `Leadership Skills` is no heading of ours.
        Some(SectionKind::Skills) if aside => None,
        Some(SectionKind::Personal) if doing || aside => Some(SectionKind::Other),
        Some(SectionKind::Summary) if doing && !emphasis && meanings.len() > 4 => None,
        Some(kind) => Some(kind),
        None if aside => Some(SectionKind::Other),
        None if doing => Some(SectionKind::Work),
        None if meanings.contains(&Word::Abilities) => Some(SectionKind::Skills),
        None => None,
    }
}

/// The Latin words of a heading; letters set apart (`S K I L L S`) are one word, none if there is anything else.
fn latin_words(folded: &[char]) -> Option<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    let spaced = is_spaced(folded);
    let mut gap = 1;
    for &scalar in folded {
        if scalar.is_alphabetic() {
            if gap > usize::from(spaced) || words.is_empty() {
                words.push(String::new());
            }
            words.last_mut()?.push(scalar);
            gap = 0;
        } else if matches!(scalar, ' ' | '\t' | '&' | '/' | ',' | '-' | '\'' | '|' | '+') {
            gap += 1;
        } else {
            return None;
        }
    }
    (!words.is_empty() && words.len() <= MAX_WORDS).then_some(words)
}

/// Whether letters alternate with single spaces.
fn is_spaced(folded: &[char]) -> bool {
    let alternates = |pair: &[char]| {
        pair.first().is_some_and(|scalar| scalar.is_alphabetic()) && pair.last() == Some(&' ')
    };
    folded.len() >= 7 && folded.chunks_exact(2).take(3).all(alternates)
}

fn compact(folded: &[char]) -> Vec<char> {
    let kept = folded.iter().copied().filter(|scalar| !scalar.is_whitespace());
    kept.filter(|&scalar| scalar.is_alphanumeric() || matches!(scalar, '、' | '/' | '&' | '·')).collect()
}

/// Without `1.`, `一、`, `(二)` or `第三部分` at its start.
fn without_number(text: &Text, extent: Extent) -> Extent {
    let is_number = |scalar: char| scalar.is_ascii_digit() || "一二三四五六七八九十".contains(scalar);
    let folded = text.folded(extent);
    let n_number = folded.iter().take_while(|&&scalar| is_number(scalar)).count();
    let next = folded.get(n_number).copied();
    let numbered = (1..=2).contains(&n_number) && matches!(next, Some('.' | '、' | ')' | ':' | ' ' | '，'));
    if numbered {
        let rest = Extent::new(extent.start + n_number, extent.end);
        text.trim_matches(rest, |scalar| !scalar.is_alphanumeric())
    } else {
        extent
    }
}

/// Without `(continued)` or `（部分）` at its end. The closing mark may have been trimmed.
fn without_parenthesis(text: &Text, extent: Extent) -> Extent {
    let open = text.folded(extent).iter().position(|&scalar| scalar == '(');
    match open {
        Some(open) if open > 0 => text.trim(Extent::new(extent.start, extent.start + open)),
        _ => extent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::pages_of;
    use SectionKind::*;

    fn heading(line: &str) -> Option<(SectionKind, bool)> {
        let text = Text::of(&pages_of(&[&format!("x\n{line}")]));
        heading_of(&text, &text.lines()[1]).map(|heading| (heading.kind, heading.inline))
    }

    #[test]
    fn headings_are_recognised() {
        let cases = [
            ("教育背景", Education),
            ("供职经历", Work),
            ("储能行业工作经历：", Work),
            ("Flying Career:", Work),
            ("求学历程", Education),
            ("CAREER TO DATE", Work),
            ("教 育 背 景", Education),
            ("一、工作经历", Work),
            ("【项目经验】", Project),
            ("■ 专业技能 ■", Skills),
            ("教育与博士后经历", Education),
            ("论文与专利", Publications),
            ("研究與工作經歷", Work),
            ("学术成果（虚构）", Publications),
            ("校园与科研项目", Project),
            ("培训与成果", Publications),
            ("證照", Certificates),
            ("Academic appointments", Work),
            ("Peer-reviewed publications", Publications),
            ("Invited talks and conferences", Other),
            ("实习/项目经历", Internship),
            ("IT 技能", Skills),
            ("教育背景 Education", Education),
            ("WORK EXPERIENCE 工作经历", Work),
            ("自我评价：", Summary),
            ("竞赛经历与所获表彰", Awards),
            ("EDUCATION", Education),
            ("E D U C A T I O N", Education),
            ("W O R K  H I S T O R Y", Work),
            ("Education and Training", Education),
            ("Professional Experience:", Work),
            ("Work History", Work),
            ("Research Experience", Research),
            ("Summary of Qualifications", Summary),
            ("Core Qualifications", Skills),
            ("Skill Highlights", Skills),
            ("Highlights", Summary),
            ("Additional Information", Other),
            ("Personal Information", Personal),
            ("HONORS/AWARDS", Awards),
            ("學歷", Education),
            ("工作經歷", Work),
            ("BANKING EXPERIENCE", Work),
            ("Activities and Honors", Awards),
            ("Certifications & Licenses", Certificates),
            ("Professional Affiliations", Other),
            ("2. Publications", Publications),
            ("RESEARCH", Research),
            ("Experience (continued)", Work),
        ];
        for (line, kind) in cases {
            assert_eq!(heading(line), Some((kind, false)), "{line}");
        }
    }

    #[test]
    fn content_is_no_heading() {
        let lines = [
            "工作成果",
            "主修课程",
            "学历：硕士",
            "工作经验：5年",
            "负责项目管理",
            "Research",
            "Presentations",
            "skills",
            "experience.",
            "Communication skills",
            "Project management",
            "Professional",
            "Leadership",
            "Experience with skills in Rust",
        ];
        for line in lines {
            assert_eq!(heading(line), None, "{line}");
        }
    }

    #[test]
    fn headings_stand_before_their_text() {
        assert_eq!(heading("Skills: Rust, SQL"), Some((Skills, true)));
        assert_eq!(heading("自我评价：踏实认真，乐于沟通"), Some((Summary, true)));
        assert_eq!(heading("获奖情况 · 2023 年校三等奖学金"), Some((Awards, true)));
        assert_eq!(heading("教育背景  2014.09-2018.07 某某大学"), Some((Education, true)));
        assert_eq!(heading("求职意向  实习岗位  现居地  西安"), None);
        assert_eq!(heading("教育背景 某某大学"), None);
        assert_eq!(heading("• Languages: English, Igbo"), None);
        assert_eq!(heading("工作与成果"), None);
    }
}
