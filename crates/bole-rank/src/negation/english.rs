use std::ops::Range;

use super::{Denial, clause};

pub(super) const DENIERS: [&str; 17] = [
    "not ",
    "n't ",
    "never ",
    "cannot ",
    "unable to ",
    "no ",
    "without ",
    "lack ",
    "lacks ",
    "lacking ",
    "nothing ",
    "neither ",
    "unfamiliar with ",
    "unrelated to ",
    "rather than ",
    "instead of ",
    "none",
];

/// What can be lacked: what stands between the word that denies and one of these is denied, or what follows with a
/// preposition.
const LACKED: [&str; 33] = [
    "experience",
    "experiences",
    "knowledge",
    "background",
    "exposure",
    "certification",
    "certificate",
    "certificates",
    "licence",
    "license",
    "qualification",
    "qualifications",
    "training",
    "rating",
    "involvement",
    "expertise",
    "clearance",
    "skill",
    "skills",
    "interest",
    "contact",
    "practice",
    "part",
    "role",
    "duties",
    "responsibility",
    "responsibilities",
    "credentials",
    "degree",
    "courses",
    "understanding",
    "familiarity",
    "competence",
];

/// Words of doing, knowing and holding: who is *not* one of these denies what follows.
const DOING: [&str; 89] = [
    "familiar",
    "experienced",
    "certified",
    "licensed",
    "licenced",
    "qualified",
    "trained",
    "involved",
    "skilled",
    "proficient",
    "responsible",
    "versed",
    "conversant",
    "knowledgeable",
    "competent",
    "interested",
    "engaged",
    "exposed",
    "work",
    "worked",
    "working",
    "do",
    "did",
    "done",
    "doing",
    "deal",
    "dealt",
    "handle",
    "handled",
    "manage",
    "managed",
    "lead",
    "led",
    "hold",
    "held",
    "holding",
    "know",
    "knew",
    "known",
    "write",
    "written",
    "wrote",
    "design",
    "designed",
    "develop",
    "developed",
    "build",
    "built",
    "program",
    "programmed",
    "operate",
    "operated",
    "fly",
    "flown",
    "flew",
    "touch",
    "touched",
    "practise",
    "practised",
    "practice",
    "practiced",
    "study",
    "studied",
    "learn",
    "learned",
    "learnt",
    "take",
    "taken",
    "own",
    "owned",
    "run",
    "participate",
    "participated",
    "join",
    "joined",
    "test",
    "tested",
    "perform",
    "performed",
    "conduct",
    "conducted",
    "sell",
    "sold",
    "trade",
    "traded",
    "specialise",
    "specialised",
    "specialize",
    "specialized",
];
/// Words that deny only of a person: `has never used X`, for a cathode that `does not use X` is about it.
const DONE: [&str; 8] = ["used", "seen", "made", "programmed", "written", "owned", "led", "held"];

/// What may stand between the word that denies and what is denied by it.
const BETWEEN: [&str; 17] = [
    "yet",
    "ever",
    "personally",
    "directly",
    "actually",
    "really",
    "currently",
    "been",
    "be",
    "previously",
    "formally",
    "professionally",
    "particularly",
    "very",
    "so",
    "myself",
    "fully",
];
const ARTICLES: [&str; 6] = ["a ", "an ", "the ", "any ", "to ", "for "];

/// About a dozen words.
const WINDOW: usize = 72;
/// `without incident` and `without compromising safety` deny nothing about what stands further on.
const AT_ONCE: usize = 1;
/// What is lacked stands within so many words, with no preposition before it.
const WORDS_TO_LACKED: usize = 12;

pub(super) fn denied(denial: Denial<'_>) -> Option<Range<usize>> {
    if denial.before().chars().next_back().is_some_and(char::is_alphanumeric)
        && !denial.word.starts_with("n't")
    {
        return None;
    }
    let rest = denial.rest();
    match denial.word {
        "not " | "n't " | "never " | "cannot " | "unable to " => not(denial),
        "no " => lacked(denial, rest).or_else(|| {
            let holds = ["hold", "holds", "held", "holding"];
            let verb = denial.before().split_whitespace().next_back();
            verb.is_some_and(|verb| holds.contains(&verb)).then(|| forward(denial, rest))
        }),
        "without " => lacked(denial, rest).or_else(|| at_once(denial)),
        "lack " | "lacks " | "lacking " => lacked(denial, rest),
        "nothing " => {
            let of = ["of ", "about ", "on ", "to do with "].iter().any(|of| rest.starts_with(of));
            of.then(|| forward(denial, rest))
        }
        "rather than " | "instead of " => at_once(denial),
        "none" => {
            let told = denial.before().trim_end().ends_with([':', ',', '-', '(']) && ends(rest);
            told.then(|| backward(denial))
        }
        _ => Some(forward(denial, rest)),
    }
}

/// `not familiar with …`, `have never worked on …`, `does not design …`, `…, not …`.
fn not(denial: Denial<'_>) -> Option<Range<usize>> {
    let mut rest = denial.rest();
    let mut first = first_word(rest);
    while BETWEEN.contains(&first) {
        rest = after_word(rest);
        first = first_word(rest);
    }
    let is_of_person =
        denial.word == "never " || ["has ", "have ", "had "].iter().any(|has| denial.before().ends_with(has));
    if matches!(first, "have" | "had" | "has" | "having" | "possess") {
        let then = after_word(rest);
        if DOING.contains(&first_word(then)) {
            return Some(forward(denial, then));
        }
        return lacked(denial, then);
    }
    if DOING.contains(&first) || (is_of_person && DONE.contains(&first)) {
        let what = after_word(rest);
        let is_said_before =
            matches!(first_word(what), "any" | "it" | "them" | "one" | "this" | "these" | "so")
                && ends(after_word(what));
        return Some(if is_said_before { backward(denial) } else { forward(denial, rest) });
    }
    let is_being = ["am ", "is "].iter().any(|being| denial.before().ends_with(being));
    if is_being && matches!(first, "a" | "an") {
        return Some(forward(denial, rest));
    }
    if denial.before().trim_end().ends_with([',', ';', '(', '-', ':']) { at_once(denial) } else { None }
}

/// `no … experience`, `no experience with …`, `…: no experience`.
fn lacked(denial: Denial<'_>, rest: &str) -> Option<Range<usize>> {
    let mut behind = clause(rest, WINDOW);
    for number in 0..WORDS_TO_LACKED {
        let word = first_word(behind);
        if matches!(word, "in" | "with" | "of" | "at" | "during" | "for" | "to" | "on" | "while")
            || behind.is_empty()
        {
            return None;
        }
        if LACKED.contains(&word.trim_end_matches(',')) {
            let start = denial.place_of(rest);
            let lacked_at = start + (behind.as_ptr().addr() - rest.as_ptr().addr());
            let tail = denial.text.get(lacked_at + word.len()..).unwrap_or_default();
            let what = first_word(tail.trim_start_matches(' '));
            if matches!(
                what,
                "in" | "with"
                    | "of"
                    | "to"
                    | "as"
                    | "on"
                    | "for"
                    | "from"
                    | "at"
                    | "whatsoever"
                    | "or"
                    | "and"
            ) {
                // What is said before is meant: `I know X from books and have no experience of it`.
                let it = after_word(tail.trim_start_matches(' '));
                if matches!(first_word(it), "it" | "them" | "this" | "that") && ends(after_word(it)) {
                    return Some(backward(denial));
                }
                return Some(forward(denial, rest));
            }
            let is_answer = denial.before().trim_end().ends_with([':', '(', '-']);
            if number == 0 && is_answer && ends(tail) {
                return Some(backward(denial));
            }
            return Some(start..lacked_at);
        }
        behind = after_word(behind);
    }
    None
}

/// To the end of the clause.
fn forward(denial: Denial<'_>, rest: &str) -> Range<usize> {
    let start = denial.place_of(rest);
    start..start + clause(rest, WINDOW).len()
}

/// From the start of the sentence, or of what may be a line of its own: line ends are gone where lines were joined.
fn backward(denial: Denial<'_>) -> Range<usize> {
    let before = denial.before();
    let near = before.char_indices().rev().nth(WINDOW).map_or(0, |(at, _)| at);
    let starts = ["\n", ". ", "; ", "•", "。", "；", " | ", " but ", ") ", " i know ", " i have "].iter();
    let start = starts.filter_map(|stop| Some(before.rfind(stop)? + stop.len())).max();
    start.unwrap_or_default().max(near)..denial.at
}

/// What follows at once.
fn at_once(denial: Denial<'_>) -> Option<Range<usize>> {
    let rest = denial.rest();
    let article = ARTICLES.iter().find(|article| rest.starts_with(**article));
    let start = denial.from + article.map_or(0, |article| article.len());
    let first = denial.text.get(start..)?.chars().next()?;
    first.is_alphanumeric().then_some(start..start + AT_ONCE)
}

fn first_word(text: &str) -> &str {
    let end = text.find([' ', '\n', '.', ';', ',', ')', ':', '/', '(']).unwrap_or(text.len());
    text.get(..end).unwrap_or(text)
}

fn after_word(text: &str) -> &str {
    let rest = text.get(first_word(text).len()..).unwrap_or_default();
    let mut scalars = rest.chars();
    match scalars.next() {
        Some(' ' | '/' | ',') => scalars.as_str().trim_start_matches(' '),
        _ => rest.trim_start_matches(['(', ')', ':']),
    }
}

/// Whether a sentence, a cell or a bracket ends here.
fn ends(rest: &str) -> bool {
    rest.trim_start_matches(' ')
        .chars()
        .next()
        .is_none_or(|next| matches!(next, '.' | ',' | ';' | '\n' | ')' | '(' | '|' | '。'))
}
