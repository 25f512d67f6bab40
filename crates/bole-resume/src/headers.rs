//! The lines that open an entry: who employed, as what, and what kind of doing it was.

use std::sync::LazyLock;

use bole_core::EntryKind;

use crate::dates::DateMention;
use crate::degrees::degrees_in;
use crate::location::is_place_word;
use crate::pieces::{MAX_PIECE, is_column_head, is_listed, pieces_of, without_label};
use crate::schools::schools_in;
use crate::tables::places::{PROVINCES, STATES_AND_COUNTRIES};
use crate::tables::places_latin::LATIN_PLACES;
use crate::tables::titles::{
    FULL_TIME_WORDS, HOURS_WORDS, INTERN_WORDS, PART_TIME_WORDS, POSTDOC_WORDS, STUDENT_WORDS,
    SUPERVISOR_WORDS, TITLE_WORDS, UNPAID_WORDS,
};
use crate::tables::work::{ASIDES_OF_NAMES, BRANCH_ENDS, EMPLOYER_WORDS, FORMS, UNIT_ENDS};
use crate::terms::{Found, Terms};
use crate::text::{Extent, Text, ends_with, is_han};

/// What stands in the place of an employer where there is none.
const OWN_EMPLOYER: &[&str] = &["freelance", "self-employed", "self employed", "自由职业", "个体"];

/// What parts of employers begin with.
const UNIT_STARTS: &[&str] =
    &["department of ", "dept. of ", "school of ", "faculty of ", "division of ", "office of "];

/// What departments end with.
const DEPARTMENT_ENDS: &[&str] = &[" department", " division", " team", " section", "部", "处", "车间"];

/// What names of Chinese employers and their parts end with, besides the words of employers.
const NAME_ENDS: &str = "部处室组院所站厂队科区行店社会馆园司局校台团网业家系坊";

/// Words of titles that names of employers hold as well.
const OF_EMPLOYERS_TOO: &[&str] = &[
    "management",
    "engineering",
    "sales",
    "support",
    "postdoctoral",
    "student",
    "staff",
    "开发",
    "研发",
    "产品",
    "策划",
    "technician",
];

/// What the opening lines of an entry say.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is said or not, whatever the others")]
pub(crate) struct Header {
    pub(crate) employer: Option<(Extent, u8)>,
    pub(crate) title: Option<(Extent, u8)>,
    /// Words of an employer or a title were found, not only guessed from the place.
    pub(crate) is_sure: bool,
    /// The kind that the words say, whatever the section.
    pub(crate) kind: Option<EntryKind>,
    /// It names a degree and a school, and no title: somebody studied.
    pub(crate) is_study: bool,
    /// It says that the employer is that of the entry before.
    pub(crate) is_same: bool,
    /// It says that the job took part of the time.
    pub(crate) is_part_time: bool,
}

/// What a piece of a header is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Employer,
    Title,
    Place,
    Unknown,
}

static ROLES: LazyLock<Terms<Role>> = LazyLock::new(|| {
    let employers = EMPLOYER_WORDS.iter().map(|word| (*word, Role::Employer));
    Terms::new(employers.chain(TITLE_WORDS.iter().map(|word| (*word, Role::Title))))
});
static PLACES: LazyLock<Terms<()>> = LazyLock::new(|| {
    Terms::new(PROVINCES.iter().chain(STATES_AND_COUNTRIES).chain(LATIN_PLACES).map(|word| (*word, ())))
});
static KINDS: LazyLock<Terms<EntryKind>> = LazyLock::new(|| {
    let interns = INTERN_WORDS.iter().map(|word| (*word, EntryKind::Internship));
    // Who supervises students is none.
    let supervisors = SUPERVISOR_WORDS.iter().map(|word| (*word, EntryKind::Work));
    let research = POSTDOC_WORDS.iter().chain(STUDENT_WORDS).map(|word| (*word, EntryKind::Research));
    let unpaid = UNPAID_WORDS.iter().map(|word| (*word, EntryKind::Project));
    Terms::new(interns.chain(research).chain(supervisors).chain(unpaid))
});
static POSTDOC: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(POSTDOC_WORDS.iter().map(|word| (*word, ()))));

static SAME: LazyLock<Terms<()>> = LazyLock::new(|| {
    Terms::new(["同一公司", "同公司", "同上", "same company", "same employer"].map(|word| (word, ())))
});

static HOURS: LazyLock<Terms<()>> = LazyLock::new(|| Terms::new(HOURS_WORDS.iter().map(|word| (*word, ()))));

/// Whether a job took all of the time, by its words.
static PART_OR_FULL: LazyLock<Terms<bool>> = LazyLock::new(|| {
    let part = PART_TIME_WORDS.iter().map(|word| (*word, false));
    Terms::new(part.chain(FULL_TIME_WORDS.iter().map(|word| (*word, true))))
});

static NAMED_ASIDES: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(ASIDES_OF_NAMES.iter().map(|word| (*word, ()))));

static LEGAL_FORMS: LazyLock<Terms<()>> = LazyLock::new(|| Terms::new(FORMS.iter().map(|word| (*word, ()))));

/// Whether a line tells of a postdoctoral stay.
pub(crate) fn is_postdoc(folded: &[char]) -> bool {
    POSTDOC.find(folded).is_some()
}

/// Whether words say that a job took part of the time; that it took all of it goes before.
pub(crate) fn is_part_time(folded: &[char]) -> bool {
    let found = PART_OR_FULL.find_all(folded, 0);
    !found.is_empty() && !found.iter().any(|found| found.value)
}

/// Whether words say that a job took all of the time.
pub(crate) fn is_full_time(folded: &[char]) -> bool {
    PART_OR_FULL.find_all(folded, 0).iter().any(|found| found.value)
}

/// Reads the lines of a header. `names_first`: the first piece that is nobody's is the name of what was done (a
/// project), not an employer.
pub(crate) fn read_header(text: &Text, lines: &[Extent], dates: &[DateMention], names_first: bool) -> Header {
    let mut header = Header::default();
    let mut unknown: Vec<Extent> = Vec::new();
    // What stands behind the title and a comma: more of the title, unless no employer is found elsewhere.
    let mut behind_title: Vec<Extent> = Vec::new();
    for line in lines {
        let pieces = pieces_of(text, *line, dates).into_iter().map(|piece| without_label(text, piece));
        for written in pieces.flat_map(|piece| split_roles(text, piece)) {
            let kind = KINDS.find(text.folded(written)).map(|found| found.value);
            header.kind = header.kind.or(kind);
            header.is_same |= SAME.find(text.folded(written)).is_some();
            header.is_part_time |= is_part_time(text.folded(written));
            // Who works for themselves has no employer.
            if is_own(text, written) {
                continue;
            }
            let piece = without_aside(text, written);
            if SAME.exactly(text.folded(piece)).is_some() || piece.is_empty() || is_column_head(text, piece) {
                continue;
            }
            if let Some((known, confidence)) = header.employer
                && is_branch(text.folded(piece))
                && is_listed(text, known, piece)
            {
                header.employer = Some((Extent::new(known.start, piece.end), confidence));
                continue;
            }
            let role = role_of(text, piece);
            let title_end = behind_title.last().copied().or(header.title.map(|(title, _)| title));
            let is_behind = !names_first
                && title_end.is_some_and(|title| is_listed(text, title, piece))
                && (header.employer.is_some() || role != Role::Employer);
            match role {
                // `San Francisco, CA`: the city before it was nobody's either.
                Role::Place => {
                    let is_city =
                        |city: &mut Extent| city.start > line.start && is_listed(text, *city, piece);
                    unknown.pop_if(is_city);
                    // `Analyst, Lagoon Loans, Mumbai`: the only name behind a title is no city.
                    if behind_title.len() > 1 || header.employer.is_some() {
                        behind_title.pop_if(is_city);
                    }
                }
                _ if is_behind => behind_title.push(piece),
                Role::Employer if names_first && header.employer.is_some() => unknown.push(piece),
                Role::Employer if header.employer.is_some() => {
                    let known = header.employer.filter(|(known, _)| is_part_of(text, *known, piece));
                    if let Some((known, confidence)) = known {
                        header.employer = Some((Extent::new(known.start, piece.end), confidence));
                    } else if header.employer.is_some_and(|(known, _)| is_unit(text, known))
                        && !is_unit(text, piece)
                    {
                        // `Research Institute, Lagoon Bank`: the part before the whole.
                        header.employer = Some((piece, 85));
                    }
                }
                Role::Employer if header.employer.is_none() => {
                    let is_doubtful = is_doubtful_name(text, piece)
                        || starts_as_unit(text, piece)
                        || is_department(text, piece);
                    header.employer = Some((piece, if is_doubtful { 55 } else { 85 }));
                }
                Role::Title if header.title.is_none() && !names_first => header.title = Some((piece, 85)),
                Role::Title if !names_first => {}
                _ => unknown.push(piece),
            }
        }
    }
    header.is_sure = header.employer.is_some() || header.title.is_some();
    let study = |line: &Extent| !degrees_in(text, *line).is_empty();
    let school = |line: &Extent| !schools_in(text, *line, &[]).is_empty();
    header.is_study = header.title.is_none() && lines.iter().any(study) && lines.iter().any(school);
    if names_first {
        let is_name = |piece: &&Extent| role_of(text, **piece) != Role::Title;
        let employer = header.employer.map(|(employer, _)| employer);
        let named = unknown.iter().find(is_name).copied();
        // 企业贷款项目 牵头人: what is called like an employer and stands first is the project.
        let is_first = |employer: &Extent| named.is_none_or(|named| employer.start < named.start);
        let doubtful = employer
            .filter(|employer| is_first(employer) && (named.is_none() || is_doubtful_name(text, *employer)));
        let name = doubtful.or(named).or(unknown.first().copied());
        header.title = name.map(|name| (name, 62));
        if header.employer.map(|(employer, _)| employer) == name {
            header.employer = None;
        }
        return header;
    }
    let is_employer_behind = header.employer.is_none() && unknown.is_empty() && !header.is_same;
    if let Some((title, confidence)) = header.title.filter(|_| !is_employer_behind)
        && let Some(last) = behind_title.last()
        && last.end - title.start <= MAX_PIECE
    {
        header.title = Some((Extent::new(title.start, last.end), confidence));
    } else {
        let of_nobody = behind_title.into_iter().filter(|piece| role_of(text, *piece) == Role::Unknown);
        unknown.extend(of_nobody);
    }
    let mut unknown = unknown.into_iter();
    match (header.employer, header.title) {
        (None, Some((title, _))) => {
            header.employer = unknown.find(|piece| *piece != title).map(|piece| (piece, 55));
        }
        (Some(_), None) => header.title = unknown.next().map(|piece| (piece, 48)),
        (None, None) => {
            header.employer = unknown.next().map(|piece| (piece, 40));
            header.title = unknown.next().map(|piece| (piece, 40));
        }
        (Some(_), Some(_)) => {}
    }
    header
}

/// 某某大学 某某学院 and 某某大学 × 某某研究院: whether `after` goes on with the Chinese employer `before`.
fn is_part_of(text: &Text, before: Extent, after: Extent) -> bool {
    let between = text.folded(Extent::new(before.end, after.start));
    let is_chinese = |extent: Extent| text.folded(extent).first().is_some_and(|&scalar| is_han(scalar));
    let length = after.end.saturating_sub(before.start);
    let has_parts = |scalar: &char| matches!(scalar, '学' | '院');
    (text.folded(before).last().is_some_and(has_parts) || between.contains(&'×'))
        && is_chinese(before)
        && is_chinese(after)
        && length <= MAX_PIECE
        && !between.is_empty()
        && between.iter().all(|&scalar| matches!(scalar, ' ' | '×'))
}

/// What stands before a remark in parentheses at the end of `piece`, and the remark.
fn aside_of(text: &Text, piece: Extent) -> Option<(Extent, Extent)> {
    let folded = text.folded(piece);
    let open = folded.iter().rposition(|&scalar| scalar == '(').filter(|&open| open > 0)?;
    let is_last = folded.last() == Some(&')') && open + 2 < folded.len();
    let before = text.trim(Extent::new(piece.start, piece.start + open));
    is_last.then(|| (before, Extent::new(piece.start + open + 1, piece.end - 1)))
}

/// Without a remark in parentheses at its end, such as the place; `Lagoon Bank (China)` is a name.
fn without_aside(text: &Text, piece: Extent) -> Extent {
    let Some((before, inside)) = aside_of(text, piece) else {
        return piece;
    };
    let inside = text.folded(inside);
    // Of a title a remark says more, but for how much of the time.
    let is_title = role_of(text, before) == Role::Title;
    let is_practice = KINDS.find(inside).is_some_and(|found| found.value == EntryKind::Internship);
    let says_more = HOURS.find(inside).is_none() && PART_OR_FULL.find(inside).is_none() && !is_practice;
    let belongs = NAMED_ASIDES.exactly(inside).is_some() || (is_title && says_more);
    if belongs { piece } else { before }
}

/// `Zhejiang Branch`, `Head Office`: a part that is named with the whole.
fn is_branch(folded: &[char]) -> bool {
    BRANCH_ENDS.iter().any(|end| end.chars().rev().eq(folded.iter().rev().copied().take(end.len())))
}

/// `Department of Catalysis`
fn starts_as_unit(text: &Text, piece: Extent) -> bool {
    let folded = text.folded(piece);
    UNIT_STARTS.iter().any(|start| start.chars().eq(folded.iter().copied().take(start.len())))
}

/// `Market Risk Department`, 财务部: no employer by itself; the next line may name the whole.
fn is_department(text: &Text, piece: Extent) -> bool {
    DEPARTMENT_ENDS.iter().any(|end| ends_with(text.folded(piece), end))
}

/// Whether it is the part of an employer that is seldom one by itself: `Research Institute`, `Emergency Department`.
fn is_unit(text: &Text, piece: Extent) -> bool {
    let folded = text.folded(piece);
    starts_as_unit(text, piece)
        || UNIT_ENDS.iter().any(|end| {
            let length = end.chars().count();
            let before = folded.len().checked_sub(length + 1).and_then(|before| folded.get(before));
            let is_word = !end.is_ascii() || before.is_none_or(|before| !before.is_alphanumeric());
            is_word && end.chars().rev().eq(folded.iter().rev().copied().take(length))
        })
}

/// `Account Executive Lagoon Bank`: a title, then an employer, nothing between them.
fn split_roles(text: &Text, piece: Extent) -> Vec<Extent> {
    let folded = text.folded(piece);
    // `Engineer (University of Lagoon)`
    if let Some((before, inside)) = aside_of(text, piece)
        && role_of(text, before) == Role::Title
        && role_of(text, inside) == Role::Employer
    {
        return vec![before, inside];
    }
    // `Clerk at Foothill Motors`
    let join = folded.windows(4).position(|part| part == [' ', 'a', 't', ' ']);
    if let Some(join) = join {
        let before = Extent::new(piece.start, piece.start + join);
        let after = text.trim(Extent::new(before.end + 4, piece.end));
        let is_name = text.raw(after).first().is_some_and(|scalar| scalar.is_uppercase());
        if is_name && role_of(text, before) == Role::Title {
            return vec![before, after];
        }
    }
    let found = ROLES.find_all(folded, piece.start);
    // `Lagoon Controls Ltd Senior Engineer`: an employer by its legal form, then a title.
    let form = LEGAL_FORMS.find_all(folded, piece.start).last().copied();
    if let Some(form) = form.filter(|form| text.folded_at(form.extent.end) == Some(' ')) {
        let rest = text.trim(Extent::new(form.extent.end, piece.end));
        if found.iter().any(|found| found.value == Role::Title && rest.holds(found.extent)) {
            return vec![Extent::new(piece.start, form.extent.end), rest];
        }
        // `Lagoon Storage LLC Denver`: the place.
        let is_latin = text.folded_at(form.extent.start).is_some_and(|scalar| !is_han(scalar));
        if is_latin && form.extent.start > piece.start {
            return vec![Extent::new(piece.start, form.extent.end)];
        }
    }
    let is_whole = |word: &Found<Role>| {
        // `Lagoon Fund Management Co.`, `Lagoon Engineering Company`: words of employers too.
        let folded = text.folded(word.extent);
        OF_EMPLOYERS_TOO.iter().any(|word| word.chars().eq(folded.iter().copied()))
    };
    let title = found.iter().rposition(|found| found.value == Role::Title && !is_whole(found));
    let title = title.filter(|&title| title + 1 < found.len()).and_then(|title| found.get(title));
    if let Some(title) = title {
        let rest = text.trim(Extent::new(title.extent.end, piece.end));
        let starts_with_capital = text.raw(rest).first().is_some_and(|scalar| scalar.is_uppercase());
        let n_words = text.folded(rest).split(|&scalar| scalar == ' ').count();
        if starts_with_capital && n_words >= 2 {
            return vec![Extent::new(piece.start, title.extent.end), rest];
        }
    }
    vec![piece]
}

/// Whether words of employers do not make it the name of one: 银行沙盘比赛, `jointly with Lagoon University`.
fn is_doubtful_name(text: &Text, piece: Extent) -> bool {
    let folded = text.folded(piece);
    let before_aside = folded.iter().position(|&scalar| scalar == '(').filter(|&open| open > 0);
    let name = folded.get(..before_aside.unwrap_or(folded.len())).unwrap_or_default();
    let starts_low = text.raw(piece).first().is_some_and(|scalar| scalar.is_lowercase());
    let Some(last) = name.last().filter(|last| is_han(**last)) else {
        return starts_low
            || [" for ", " with ", " was ", " have ", " as a "].iter().any(|word| {
                let word: Vec<char> = word.chars().collect();
                name.windows(word.len()).any(|part| part == word)
            });
    };
    let found = ROLES.find_all(name, 0);
    let ends_in_word =
        found.last().is_some_and(|last| last.value == Role::Employer && last.extent.end == name.len());
    !ends_in_word && !NAME_ENDS.contains(*last)
}

fn is_own(text: &Text, piece: Extent) -> bool {
    let folded = text.folded(piece);
    OWN_EMPLOYER.iter().any(|word| word.chars().eq(folded.iter().copied()))
}

fn role_of(text: &Text, piece: Extent) -> Role {
    let folded = text.folded(piece);
    if PLACES.exactly(folded).is_some() || is_han_place(folded) || is_place_word(folded) {
        return Role::Place;
    }
    let ends_with_form = LEGAL_FORMS
        .find_all(folded, piece.start)
        .last()
        .is_some_and(|form| form.extent.end == piece.end && form.extent.start > piece.start);
    if ends_with_form {
        return Role::Employer;
    }
    // 模组工厂厂长
    if folded.len() > 2 && folded.last() == Some(&'长') {
        return Role::Title;
    }
    // 授信审批部: where somebody works, whatever is done there.
    if folded.len() > 3 && matches!(folded.last(), Some('部' | '处')) {
        return Role::Unknown;
    }
    let found = ROLES.find_all(folded, piece.start);
    let (Some(first), Some(last)) = (found.first(), found.last()) else {
        return if ends_as_title(folded) { Role::Title } else { Role::Unknown };
    };
    // `Director of Services`, `Manager, Trust`: what a title is of follows it.
    let after = text.folded(Extent::new(first.extent.end, piece.end));
    let goes_on = [" of ", " for ", " - ", " at ", " to ", " in "]
        .iter()
        .any(|join| join.chars().eq(after.iter().copied().take(join.len())));
    // `Institute of Thermal Engineering`: what an employer is of follows it too.
    let is_of = after.starts_with(&[' ', 'o', 'f', ' ']);
    if first.value == Role::Employer && is_of {
        return Role::Employer;
    }
    if first.value == Role::Title && goes_on && folded.first().is_some_and(|&scalar| !is_han(scalar)) {
        return Role::Title;
    }
    last.value
}

/// 航测师, 收银员, `geologist`: what a person is called by a profession that no table knows.
fn ends_as_title(folded: &[char]) -> bool {
    let is_short = folded.len() <= 8 && folded.len() >= 3 && folded.iter().copied().all(is_han);
    let ends_in = |end: &str| end.chars().rev().eq(folded.iter().rev().copied().take(end.len()));
    let is_han_title = is_short && matches!(folded.last(), Some('师' | '员' | '官' | '工'));
    is_han_title
        || (folded.len() <= 40
            && ["ologist", "ician", "ographer", "surveyor", "translator", "interpreter"]
                .into_iter()
                .any(ends_in))
}

fn is_han_place(folded: &[char]) -> bool {
    let ends = matches!(folded.last(), Some('市' | '省' | '区' | '县'));
    ends && folded.len() <= 12 && PLACES.at(folded, 0).is_some()
}

#[cfg(test)]
mod tests;
