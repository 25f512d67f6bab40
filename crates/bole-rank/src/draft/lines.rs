//! A job description cut into lines and clauses, each with how it asks.

use crate::characters::{Characters, is_cjk};

/// How much something is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ask {
    /// It would be nice.
    Nice,
    /// It is wanted.
    Wanted,
    /// It must be there.
    Must,
}

/// The part of a job description that a line stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Before any heading.
    Open,
    Requirements,
    NiceToHave,
    Duties,
    /// About the company, what it offers, where to write to: nothing is asked for.
    Aside,
}

/// A line that is not empty.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: usize,
    /// As written, without white space around it.
    pub(super) text: String,
    /// Where it starts in the text that is matched, in scalars.
    pub(super) start: usize,
    pub(super) part: Part,
    pub(super) is_title: bool,
    /// The scalars of the label before a title, its colon included.
    n_label: usize,
    /// It says which part follows and nothing else.
    pub(super) is_heading: bool,
    pub(super) clauses: Vec<Clause>,
}

/// A part of a line between commas and the like.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    /// Where it starts in its line, in scalars.
    pub(super) start: usize,
    /// Lower case, simplified, full-width signs as plain ones; as many scalars as written.
    pub(super) text: String,
    /// Clauses of one sentence have the same number.
    pub(super) sentence: usize,
    pub(super) ask: Ask,
    /// The text says that this is not needed.
    pub(super) is_waived: bool,
}

/// What a line says that stands before a colon, or alone.
const PARTS: [(Part, &[&str]); 4] = [
    (
        Part::NiceToHave,
        &[
            "加分项",
            "加分条件",
            "优先条件",
            "优先考虑",
            "nice to have",
            "nice-to-have",
            "preferred qualifications",
            "preferred skills",
            "preferred",
            "bonus",
            "bonus points",
            "desirable",
            "good to have",
        ],
    ),
    (
        Part::Aside,
        &[
            "公司简介",
            "公司介绍",
            "企业简介",
            "关于我们",
            "团队介绍",
            "福利",
            "福利待遇",
            "薪资",
            "薪酬",
            "薪资待遇",
            "薪酬福利",
            "工作地点",
            "工作时间",
            "联系方式",
            "联系人",
            "简历投递",
            "about us",
            "about the company",
            "about the team",
            "benefits",
            "what we offer",
            "we offer",
            "perks",
            "how to apply",
            "location",
            "salary",
            "compensation",
            "contact",
            "equal opportunity",
        ],
    ),
    (
        Part::Duties,
        &[
            "岗位职责",
            "工作职责",
            "职责描述",
            "工作内容",
            "职位描述",
            "岗位描述",
            "主要职责",
            "职责",
            "工作描述",
            "responsibilities",
            "key responsibilities",
            "main responsibilities",
            "your responsibilities",
            "what you will do",
            "what you'll do",
            "duties",
            "the role",
            "job description",
            "role description",
            "your tasks",
            "tasks",
        ],
    ),
    (
        Part::Requirements,
        &[
            "任职要求",
            "岗位要求",
            "职位要求",
            "任职资格",
            "应聘条件",
            "任职条件",
            "基本要求",
            "招聘要求",
            "招聘条件",
            "专业要求",
            "要求",
            "requirements",
            "job requirements",
            "key requirements",
            "qualifications",
            "required qualifications",
            "minimum qualifications",
            "required skills",
            "skills",
            "skills and experience",
            "what you bring",
            "what you'll bring",
            "what we look for",
            "what we are looking for",
            "who you are",
            "your profile",
            "must have",
            "must haves",
            "must-have",
        ],
    ),
];

const TITLE_LABELS: [&str; 16] = [
    "招聘岗位",
    "岗位名称",
    "职位名称",
    "招聘职位",
    "岗位",
    "职位",
    "应聘岗位",
    "job title",
    "position",
    "position title",
    "title",
    "role",
    "job",
    "vacancy",
    "hiring",
    "we are hiring",
];

const NICE: [&str; 22] = [
    "优先",
    "加分",
    "更佳",
    "尤佳",
    "为佳",
    "者佳",
    "亦可",
    "也可",
    "preferred",
    "preferably",
    "a plus",
    "is plus",
    "nice to have",
    "bonus",
    "desirable",
    "desired",
    "an advantage",
    "advantageous",
    "welcome",
    "ideally",
    "an asset",
    "beneficial",
];
const MUST: [&str; 20] = [
    "必须",
    "务必",
    "精通",
    "掌握",
    "须",
    "要求",
    "至少",
    "以上",
    "不少于",
    "必备",
    "required",
    "must",
    "essential",
    "mandatory",
    "minimum",
    "at least",
    "proven",
    "expert",
    "in-depth",
    "or above",
];
const WANTED: [&str; 6] = ["熟悉", "熟练", "familiar", "familiarity", "good knowledge", "working knowledge"];
const AWARE: [&str; 6] =
    ["了解", "basic understanding", "basic knowledge", "awareness", "exposure to", "some knowledge"];
const WAIVED: [&str; 12] = [
    "不要求",
    "无要求",
    "无需",
    "不需要",
    "不必",
    "不限",
    "not required",
    "not necessary",
    "no need",
    "not needed",
    "not a must",
    "not essential",
];

/// A first line longer than this is a sentence, not a title.
const MAX_TITLE: usize = 60;
const MAX_LABEL: usize = 30;
/// A line that goes on in the next is at least so wide; a Chinese character counts two.
const LEAST_WRAPPED: usize = 60;

/// What is longer is cut, and more lines than this are no wrapped sentence: each concept is looked at with what stands
/// before it, so that time would grow with the square of the length.
const MAX_LINE: usize = 800;
const MAX_WRAPPED: usize = 12;

/// Cuts `text` into its lines; gives with them the text to match, in which what is no wrapped line is a block of its own.
pub(super) fn cut(text: &str, characters: &Characters) -> (Vec<Line>, String) {
    let mut lines: Vec<Line> = Vec::new();
    let mut joined = String::new();
    let mut n_joined = 0;
    let mut part = Part::Open;
    let mut has_title = false;
    let mut n_wrapped = 0;
    for (index, written) in text.lines().enumerate().flat_map(|(index, line)| pieces(index, line)) {
        let written = written.trim();
        if written.is_empty() {
            continue;
        }
        if let Some(previous) = lines.last() {
            let is_wrapped = n_wrapped < MAX_WRAPPED && goes_on(previous, index + 1, written);
            n_wrapped = if is_wrapped { n_wrapped + 1 } else { 0 };
            let gap = if is_wrapped { "\n" } else { "\n\n" };
            joined.push_str(gap);
            n_joined += gap.len();
        }
        let plain: Vec<char> = written.chars().map(|scalar| characters.simplified(plain(scalar))).collect();
        let (named, is_heading) = heading(&plain);
        part = named.unwrap_or(part);
        let is_labelled = labelled(&plain).is_some_and(|label| TITLE_LABELS.contains(&label.as_str()));
        let is_first = lines.is_empty() && named.is_none() && plain.len() <= MAX_TITLE;
        let is_title = !has_title && named.is_none() && (is_labelled || is_first);
        // A label further down goes before a first line, which may be the name of a company.
        if is_labelled && is_title {
            for line in &mut lines {
                line.is_title = false;
            }
            has_title = true;
        }
        let clauses = clauses(&plain, if is_title { Part::Requirements } else { part });
        lines.push(Line {
            number: index + 1,
            text: written.to_owned(),
            start: n_joined,
            part,
            is_title,
            n_label: if is_labelled {
                plain.iter().take_while(|scalar| **scalar != ':').count() + 1
            } else {
                0
            },
            is_heading,
            clauses,
        });
        joined.push_str(written);
        n_joined += plain.len();
    }
    (lines, joined)
}

/// A line in pieces of at most [`MAX_LINE`] scalars, cut between words where there are words.
fn pieces(index: usize, line: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let end = rest.char_indices().nth(MAX_LINE).map_or(rest.len(), |(at, _)| at);
        let piece = rest.get(..end)?;
        let is_gap =
            |scalar: char| scalar.is_whitespace() || matches!(scalar, ',' | '，' | '、' | ';' | '；' | '。');
        let cut =
            if end < rest.len() { piece.rfind(is_gap).filter(|at| *at > 0).unwrap_or(end) } else { end };
        let (piece, left) = rest.split_at_checked(cut)?;
        rest = left;
        (!piece.is_empty()).then_some((index, piece))
    })
}

impl Line {
    /// The clause that holds a place in the line.
    pub(super) fn clause_at(&self, place: usize) -> Option<&Clause> {
        self.clauses.iter().rev().find(|clause| clause.start <= place)
    }

    /// What a title line names, without its label.
    pub(super) fn title(&self) -> String {
        let text = self.text.chars().skip(self.n_label).collect::<String>();
        // A heading of Markdown.
        text.trim().trim_start_matches('#').trim_start().to_owned()
    }
}

/// Whether the line `written`, which is number `number`, goes on with the sentence of `previous`.
fn goes_on(previous: &Line, number: usize, written: &str) -> bool {
    let width: usize = previous.text.chars().map(|scalar| 1 + usize::from(is_cjk(scalar))).sum();
    let is_ended = previous.text.ends_with(['。', '；', ';', '.', '!', '！', '?', '？', ':', '：']);
    let is_item =
        written.starts_with(|scalar: char| !scalar.is_alphabetic() && scalar != '(' && scalar != '（');
    previous.number + 1 == number && width >= LEAST_WRAPPED && !is_ended && !is_item && !previous.is_heading
}

/// Lower case, full-width signs as plain ones, one scalar for one.
fn plain(scalar: char) -> char {
    let scalar = match scalar {
        '–' | '—' | '～' | '−' | '~' => '-',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(scalar as u32 - 0xfee0).unwrap_or(scalar),
        '\u{3000}' | '\u{a0}' => ' ',
        '’' => '\'',
        _ => scalar,
    };
    scalar.to_ascii_lowercase()
}

/// The part that a line opens, and whether it says nothing else.
fn heading(plain: &[char]) -> (Option<Part>, bool) {
    let part_of = |label: &str| PARTS.iter().find(|(_, names)| names.contains(&label)).map(|(part, _)| *part);
    if let Some(label) = labelled(plain) {
        let is_alone = plain.last() == Some(&':');
        let part = part_of(&label);
        return (part, part.is_some() && is_alone);
    }
    let part = if plain.len() <= MAX_LABEL { part_of(&bare(plain)) } else { None };
    (part, part.is_some())
}

/// What stands before the first colon, if that is short.
fn labelled(plain: &[char]) -> Option<String> {
    let colon = plain.iter().take(MAX_LABEL).position(|scalar| *scalar == ':')?;
    Some(bare(plain.get(..colon)?))
}

/// Without numbering, brackets and bullets around it.
fn bare(plain: &[char]) -> String {
    let text: String = plain.iter().collect();
    let is_mark =
        |scalar: char| !scalar.is_alphabetic() || matches!(scalar, '一' | '二' | '三' | '四' | '五' | '六');
    text.trim_matches(is_mark).to_owned()
}

/// What a clause says by itself of how it asks.
fn own_ask(text: &str) -> Option<Ask> {
    let says = |words: &[&str]| words.iter().any(|word| has(text, word));
    if says(&NICE) {
        Some(Ask::Nice)
    } else if says(&MUST) {
        Some(Ask::Must)
    } else if says(&WANTED) {
        Some(Ask::Wanted)
    } else if says(&AWARE) {
        Some(Ask::Nice)
    } else {
        None
    }
}

fn clauses(plain: &[char], part: Part) -> Vec<Clause> {
    let is_chinese = plain.iter().any(|scalar| is_cjk(*scalar));
    let by_part = match part {
        Part::Requirements => Ask::Must,
        Part::NiceToHave => Ask::Nice,
        Part::Open | Part::Duties | Part::Aside => Ask::Wanted,
    };
    let mut clauses: Vec<Clause> = Vec::new();
    let mut asks: Vec<Option<Ask>> = Vec::new();
    let (mut start, mut sentence) = (0, 0);
    for (index, scalar) in plain.iter().copied().chain(['。']).enumerate() {
        let ends = ends_sentence(plain, index, scalar);
        if !ends && scalar != ',' {
            continue;
        }
        let text: String = plain.get(start..index).unwrap_or_default().iter().collect();
        asks.push(own_ask(&text));
        let is_waived = WAIVED.iter().any(|word| has(&text, word));
        clauses.push(Clause { start, text, sentence, ask: by_part, is_waived });
        start = index + 1;
        sentence += usize::from(ends);
    }
    if part == Part::NiceToHave {
        return clauses;
    }
    // A Chinese clause goes on as the one before it; an English word stands anywhere in its sentence. Both in one pass
    // from either side, so that a line of commas takes no longer than another.
    let mut carried: Option<(usize, Ask)> = None;
    let mut carry = |clause: &mut Clause, own: Option<Ask>| {
        if let Some(own) = own {
            clause.ask = own;
            carried = Some((clause.sentence, own));
        } else if let Some((_, ask)) = carried.filter(|(sentence, _)| *sentence == clause.sentence) {
            clause.ask = ask;
            return true;
        }
        own.is_some()
    };
    let settled: Vec<bool> = clauses.iter_mut().zip(&asks).map(|(clause, own)| carry(clause, *own)).collect();
    if !is_chinese {
        let mut carried: Option<(usize, Ask)> = None;
        for ((clause, own), is_settled) in clauses.iter_mut().zip(&asks).zip(settled).rev() {
            if let Some(own) = own {
                carried = Some((clause.sentence, *own));
            } else if let Some((_, ask)) =
                carried.filter(|(sentence, _)| !is_settled && *sentence == clause.sentence)
            {
                clause.ask = ask;
            }
        }
    }
    clauses
}

/// `Ph.D. preferred` and `e.g. cells` go on behind the full stop.
fn ends_sentence(plain: &[char], index: usize, scalar: char) -> bool {
    match scalar {
        '。' | ';' | '!' | '?' => true,
        '.' => {
            let is_apart = plain.get(index + 1).is_none_or(|next| next.is_whitespace());
            let before = plain.get(index.saturating_sub(3)..index).unwrap_or_default();
            is_apart && (before.len() == 3 && before.iter().all(|scalar| scalar.is_alphanumeric()))
        }
        _ => false,
    }
}

/// Whether `text` holds `word`, an English one as a word of its own.
pub(super) fn has(text: &str, word: &str) -> bool {
    find(text, word).is_some()
}

/// Where `text` holds `word` first, in bytes; an English one as a word of its own.
pub(super) fn find(text: &str, word: &str) -> Option<usize> {
    let is_part = |scalar: Option<char>| scalar.is_some_and(|scalar| scalar.is_ascii_alphanumeric());
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        if !word.is_ascii() {
            return true;
        }
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !is_part(before) && !is_part(after)
    })
}
