//! Names of schools in the text.

use std::sync::LazyLock;

use crate::pieces::BLANKED;
use crate::tables::cities::CITIES;
use crate::tables::places::PROVINCES;
use crate::tables::schools::{
    BEFORE_OF, CAMPUSES, HAN_BEFORE, HAN_NOT_AFTER, HAN_SUFFIXES, KNOWN_SCHOOLS, LATIN_SCHOOL_WORDS,
    NOT_IN_SCHOOLS, OF_FIELDS,
};
use crate::terms::Terms;
use crate::text::{Extent, Text, is_bullet, is_field_mark, is_han};

/// The Chinese name of a school is at most so long.
const MAX_HAN: usize = 20;

/// A campus behind a Chinese name is at most so long.
const MAX_CAMPUS: usize = 8;

/// A piece of a line that is the name of a school has at most so many words.
const MAX_FULL_WORDS: usize = 10;

/// Small words inside names.
const JOINERS: &[&str] =
    &["of", "and", "for", "the", "at", "in", "&", "de", "di", "da", "del", "do", "du", "la"];

/// An English name has at most so many words on either side of `University`.
const MAX_WORDS: usize = 6;

static SUFFIXES: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(HAN_SUFFIXES.iter().map(|word| (*word, ()))));
static NOT_AFTER: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(HAN_NOT_AFTER.iter().map(|word| (*word, ()))));
static SCHOOL_WORDS: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(LATIN_SCHOOL_WORDS.iter().map(|word| (*word, ()))));
static STOPS: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(NOT_IN_SCHOOLS.iter().map(|word| (*word, ()))));
static CAMPUS_TERMS: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(CAMPUSES.iter().map(|word| (*word, ()))));
static KNOWN_TERMS: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(KNOWN_SCHOOLS.iter().map(|word| (*word, ()))));
static PLACES: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(PROVINCES.iter().chain(CITIES).map(|word| (*word, ()))));
static LEFT_OF: LazyLock<Terms<()>> = LazyLock::new(|| Terms::new(BEFORE_OF.iter().map(|word| (*word, ()))));

/// All schools in `line`, in order, none over any of `taken`.
pub(crate) fn schools_in(text: &Text, line: Extent, taken: &[Extent]) -> Vec<Extent> {
    let mut found = han_schools(text, line, taken);
    found.extend(known_schools(text, line, &found, taken));
    found.sort_unstable();
    let n_han = found.len();
    if SCHOOL_WORDS.find(text.folded(line)).is_none() {
        return found;
    }
    let named = named_in_full(text, line, taken);
    let others = latin_schools(text, line, taken);
    found.extend(others.into_iter().filter(|other| !named.iter().any(|named| named.overlaps(*other))));
    found.extend(named);
    // 某某大学 Lagoon University is one school in two languages.
    let han: Vec<Extent> = found.iter().copied().take(n_han).collect();
    found.retain(|school| {
        let is_translation = |han: &Extent| {
            let between = text.folded(Extent::new(han.end.min(school.start), school.start));
            han.end <= school.start
                && between.len() <= 3
                && between.iter().all(|scalar| matches!(scalar, ' ' | '(' | '/' | '|'))
        };
        !han.iter().any(is_translation)
    });
    found.sort_unstable();
    without_faculties(text, &found)
}

/// Schools whose names have no word of a school: `Georgia Tech`, 清华.
fn known_schools(text: &Text, line: Extent, found: &[Extent], taken: &[Extent]) -> Vec<Extent> {
    let folded = text.folded(line);
    let known = KNOWN_TERMS.find_all(folded, line.start).into_iter().map(|known| known.extent);
    let sound = known.filter(|known| {
        let before = known.start.checked_sub(1).filter(|&before| before >= line.start);
        let is_han_at =
            |index: Option<usize>| index.and_then(|index| text.folded_at(index)).is_some_and(is_han);
        let of_han = is_han_at(Some(known.start));
        let inside = of_han && (is_han_at(before) || (known.end < line.end && is_han_at(Some(known.end))));
        let is_capital = text.raw(*known).first().is_some_and(|scalar| scalar.is_uppercase());
        let goes_on = !of_han && SCHOOL_WORDS.at(folded, known.end + 1 - line.start).is_some();
        let free = !found.iter().chain(taken).any(|other| other.overlaps(*known));
        // `Lagoon School of Aviation (ENAC)`
        let is_short_for = before.and_then(|before| text.folded_at(before)) == Some('(');
        free && !inside && !goes_on && !is_short_for && (of_han || is_capital)
    });
    sound.collect()
}

/// `Lagoon School of Law, University of Lagoon` is one school, the university.
fn without_faculties(text: &Text, schools: &[Extent]) -> Vec<Extent> {
    let mut kept: Vec<Extent> = Vec::with_capacity(schools.len());
    for &school in schools {
        let beside = kept.last().copied().filter(|last| {
            let between = text.folded(Extent::new(last.end.min(school.start), school.start));
            last.end <= school.start
                && between.len() <= 3
                && between.iter().all(|scalar| matches!(scalar, ' ' | ',' | '-'))
        });
        let is_latin = text.folded(school).first().is_some_and(|&scalar| !is_han(scalar));
        match beside.filter(|_| is_latin) {
            Some(last) if names_university(text, last) || !names_university(text, school) => {}
            Some(_) => {
                kept.pop();
                kept.push(school);
            }
            None => kept.push(school),
        }
    }
    kept
}

/// Schools that are all of a piece between marks: capitalised words, the word of a school, and perhaps what it is of.
fn named_in_full(text: &Text, line: Extent, taken: &[Extent]) -> Vec<Extent> {
    let mut found = Vec::new();
    for (piece, opened_by) in pieces_of(text, line, taken) {
        let words = words_of(text, piece);
        let is_school = |word: &Extent| SCHOOL_WORDS.exactly(text.folded(*word)).is_some();
        let Some(at) = words.iter().rposition(is_school) else { continue };
        let is_joiner =
            |word: &Extent| JOINERS.iter().any(|joiner| joiner.chars().eq(text.raw(*word).iter().copied()));
        let is_capital = |word: &Extent| text.raw(*word).first().is_some_and(|scalar| scalar.is_uppercase());
        // `Foothill No. 31 Middle School`
        let is_number = |word: &Extent| text.folded(*word).iter().all(char::is_ascii_digit);
        let is_numbered = words.iter().zip(words.iter().skip(1)).any(|(word, next)| {
            matches!(text.folded(*word), ['n', 'o'] | ['n', 'o', '.']) && is_number(next)
        });
        let has_words_only = text.folded(piece).iter().all(|scalar| {
            scalar.is_alphabetic()
                || matches!(scalar, ' ' | '\'' | '-' | '.' | '&')
                || (is_numbered && scalar.is_ascii_digit())
        });
        let sound = words.first().is_some_and(is_capital)
            && words
                .iter()
                .all(|word| is_joiner(word) || is_capital(word) || (is_numbered && is_number(word)));
        // What stands behind the word of a school goes on with `of`.
        let goes_on =
            words.get(at + 1).is_none_or(is_joiner) && words.last().is_some_and(|word| !is_joiner(word));
        let is_name = (2..=MAX_FULL_WORDS).contains(&words.len()) && has_words_only && sound && goes_on;
        // `Business : Administration University of Lagoon`: after a colon stands a discipline.
        if is_name && opened_by != Some(':') && !is_generic(text, &words) {
            found.push(with_campus(text, piece, line));
        }
    }
    found
}

/// `High School`, `Business School`: no name at all.
fn is_generic(text: &Text, words: &[Extent]) -> bool {
    let plain = |word: &Extent| {
        let folded = text.folded(*word);
        SCHOOL_WORDS.exactly(folded).is_some()
            || STOPS.exactly(folded).is_some()
            || matches!(folded, ['h', 'i', 'g', 'h'])
    };
    words.iter().all(plain)
}

/// `University of California, Berkeley`
fn with_campus(text: &Text, school: Extent, line: Extent) -> Extent {
    let rest = text.folded(Extent::new(school.end, line.end));
    let n_marks = rest.iter().take(3).take_while(|scalar| matches!(scalar, ',' | ' ' | '-')).count();
    let campus = if n_marks == 0 { None } else { CAMPUS_TERMS.at(rest, n_marks) };
    let is_of =
        text.folded(school).starts_with(&['u', 'n', 'i', 'v', 'e', 'r', 's', 'i', 't', 'y', ' ', 'o', 'f']);
    match campus.filter(|_| is_of) {
        Some((length, ())) => Extent::new(school.start, school.end + n_marks + length),
        None => school,
    }
}

/// Whether only a colon stands between `piece` and a date or degree before it that opens the line.
fn is_after_taken(text: &Text, taken: &[Extent], piece: Extent) -> bool {
    taken.iter().any(|taken| {
        let between = text.folded(Extent::new(taken.end.min(piece.start), piece.start));
        let is_date = text.folded(*taken).iter().any(char::is_ascii_digit);
        taken.end <= piece.start && is_date && matches!(between, [':'] | [':', ' '])
    })
}

/// `High School` in `North Marion High School` names a degree too.
fn is_school_word_at(folded: &[char], index: usize) -> bool {
    let from = folded.get(..index).unwrap_or_default().iter().rposition(|scalar| !scalar.is_alphabetic());
    let start = from.map_or(0, |from| from + 1);
    let rest = folded.get(start..).unwrap_or_default();
    let starts = |word: &str| word.chars().eq(rest.iter().copied().take(word.len()));
    let before_school = ["high school", "middle school", "secondary school"].iter().any(|word| starts(word));
    before_school || starts("school")
}

/// The line cut at marks and at what is taken, with the mark before each piece.
pub(crate) fn pieces_of(text: &Text, line: Extent, taken: &[Extent]) -> Vec<(Extent, Option<char>)> {
    let folded = text.folded(line);
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut opened_by = None;
    let mut index = 0;
    while index < folded.len() {
        let scalar = folded.get(index).copied().unwrap_or(' ');
        let next = folded.get(index + 1).copied();
        let is_wide = scalar == ' ' && next == Some(' ');
        let is_dash =
            scalar == '-' && (next == Some(' ') || index == 0 || folded.get(index - 1) == Some(&' '));
        let blanked = if scalar == 'c' { BLANKED.at(folded, index) } else { None };
        let length = match blanked {
            Some((length, ())) => length,
            None if is_wide || is_dash || matches!(scalar, ',' | ':' | '|' | '(' | ')' | '/' | ';') => 1,
            None if is_field_mark(scalar) || is_han(scalar) => 1,
            None if is_taken(taken, line.start + index) && !is_school_word_at(folded, index) => 1,
            None => 0,
        };
        if length > 0 {
            pieces.push((Extent::new(line.start + start, line.start + index), opened_by));
            opened_by = Some(scalar);
            index += length;
            start = index;
        } else {
            index += 1;
        }
    }
    pieces.push((Extent::new(line.start + start, line.end), opened_by));
    // A mark and then nothing: the mark still stands before what follows.
    let mut last_mark = None;
    let mut kept = Vec::new();
    for (piece, opened_by) in pieces {
        let piece = text.trim_matches(piece, |scalar| scalar.is_whitespace() || is_bullet(scalar));
        last_mark = if opened_by == Some(' ') && last_mark == Some(':') { last_mark } else { opened_by };
        if is_after_taken(text, taken, piece) {
            // `2010 – 2014: Lagoon University`
            last_mark = None;
        }
        if !piece.is_empty() {
            kept.push((piece, last_mark));
        }
    }
    kept
}

fn is_taken(taken: &[Extent], index: usize) -> bool {
    taken.iter().any(|extent| (extent.start..extent.end).contains(&index))
}

fn han_schools(text: &Text, line: Extent, taken: &[Extent]) -> Vec<Extent> {
    let folded = text.folded(line);
    let mut found: Vec<Extent> = Vec::new();
    let mut from = line.start;
    for suffix in SUFFIXES.find_all(folded, line.start) {
        let after = Extent::new(suffix.extent.end, line.end);
        if NOT_AFTER.at(text.folded(after), 0).is_some() || is_taken(taken, suffix.extent.start) {
            continue;
        }
        let before = text.folded(Extent::new(from, suffix.extent.start));
        let is_part = |index: usize, scalar: char| {
            let inside_parenthesis = matches!(scalar, '(' | ')');
            (is_han(scalar) || inside_parenthesis)
                && !is_taken(taken, index)
                && scalar != '年'
                && scalar != '月'
        };
        let n_before = before
            .iter()
            .rev()
            .take(MAX_HAN)
            .enumerate()
            .take_while(|(back, scalar)| is_part(suffix.extent.start - 1 - back, **scalar))
            .count();
        let mut extent = Extent::new(suffix.extent.start - n_before, suffix.extent.end);
        extent = text.trim_matches(extent, |scalar| matches!(scalar, '(' | ')'));
        extent = without_lead(text, extent);
        // A faculty directly after its university is not a second school.
        let follows = found.last().is_some_and(|last| {
            let between = text.folded(Extent::new(last.end, extent.start));
            between.iter().all(|scalar| matches!(scalar, ' ' | '·' | ','))
        });
        extent = with_place(text, extent, line);
        if extent.len() >= 4 && !follows {
            found.push(extent);
        }
        from = suffix.extent.end.max(extent.end);
    }
    found
}

/// 某某大学（北京）, 某某大学威海分校: with the place that tells it from others of its name.
fn with_place(text: &Text, school: Extent, line: Extent) -> Extent {
    let rest = text.folded(Extent::new(school.end, line.end.min(school.end + MAX_CAMPUS)));
    let branch = rest.windows(2).position(|pair| pair == ['分', '校']);
    let is_branch = |length: &usize| rest.iter().take(*length).copied().all(is_han);
    if let Some(length) = branch.filter(is_branch) {
        return Extent::new(school.start, school.end + length + 2);
    }
    let close = rest.iter().position(|&scalar| scalar == ')').filter(|_| rest.first() == Some(&'('));
    let is_place =
        close.is_some_and(|close| rest.get(1..close).is_some_and(|inside| PLACES.exactly(inside).is_some()));
    match close.filter(|_| is_place) {
        Some(close) => Extent::new(school.start, school.end + close + 1),
        None => school,
    }
}

/// Without 毕业于 and the like, and without an opening 在, 于 or 至.
fn without_lead(text: &Text, extent: Extent) -> Extent {
    let folded = text.folded(extent);
    let leads = HAN_BEFORE.iter().filter_map(|lead| {
        let length = lead.chars().count();
        let starts = lead.chars().eq(folded.iter().copied().take(length));
        starts.then_some(length)
    });
    let n_lead = leads
        .max()
        .unwrap_or_else(|| usize::from(matches!(folded.first(), Some('在' | '于' | '至' | '从' | '与'))));
    Extent::new(extent.start + n_lead, extent.end)
}

/// A word of a line: where it is.
fn words_of(text: &Text, line: Extent) -> Vec<Extent> {
    let folded = text.folded(line);
    let mut words = Vec::new();
    let mut start = None;
    for (index, &scalar) in folded.iter().enumerate() {
        let inside = scalar.is_alphanumeric() || matches!(scalar, '.' | '\'' | '-' | '&');
        match (start, inside && !is_han(scalar)) {
            (None, true) => start = Some(index),
            (Some(from), false) => {
                words.push(Extent::new(line.start + from, line.start + index));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        words.push(Extent::new(line.start + from, line.end));
    }
    // The end of a sentence, but not that of `St.`
    let trimmed = words.into_iter().map(|word| {
        let is_long = word.len() > 4;
        text.trim_matches(word, |scalar| is_long && scalar == '.')
    });
    trimmed.filter(|word| !word.is_empty()).collect()
}

fn latin_schools(text: &Text, line: Extent, taken: &[Extent]) -> Vec<Extent> {
    let words = words_of(text, line);
    let mut found: Vec<Extent> = Vec::new();
    let is_adjacent =
        |left: &Extent, right: &Extent| text.folded(Extent::new(left.end, right.start)) == [' '];
    let is_capital = |word: &Extent| text.raw(*word).first().is_some_and(|scalar| scalar.is_uppercase());
    let folded = |word: &Extent| -> Vec<char> { text.folded(*word).to_vec() };
    for (index, word) in words.iter().enumerate() {
        let is_school = SCHOOL_WORDS.exactly(text.folded(*word)).is_some() && is_capital(word);
        let known = found.last().is_some_and(|last| last.end >= word.end);
        let own = text.folded(*word);
        if !is_school || known {
            continue;
        }
        let is_of = |word: &Extent| matches!(text.folded(*word), ['o', 'f'] | ['f', 'o', 'r']);
        let next = words.get(index + 1).filter(|next| is_adjacent(word, next));
        let with_of = next.is_some_and(is_of);
        // What is a university of technology has its own name before it.
        let names_field = words.get(index + 2).is_some_and(|after| {
            with_of && OF_FIELDS.iter().any(|field| field.chars().eq(text.folded(*after).iter().copied()))
        });
        // To the left.
        let mut start = word.start;
        let mut left = index;
        let mut n_left = 0;
        while let Some(previous) = left.checked_sub(1).and_then(|left| words.get(left)) {
            let current = words.get(left).copied().unwrap_or(*word);
            let form = folded(previous);
            let is_small = matches!(form.as_slice(), ['o', 'f'] | ['t', 'h', 'e'] | ['a', 'n', 'd'] | ['&'])
                || is_of(previous);
            let of_stop = with_of
                && !names_field
                && !matches!(own, ['s', 'c', 'h', 'o', 'o', 'l'])
                && LEFT_OF.exactly(&form).is_none();
            let stop_word = STOPS.exactly(&form).is_some() && !is_school_modifier(&form, own);
            let sound = is_capital(previous) || (is_small && n_left > 0);
            let has_digit = form.iter().any(char::is_ascii_digit);
            let stops = n_left == MAX_WORDS
                || !is_adjacent(previous, &current)
                || !sound
                || has_digit
                || of_stop
                || stop_word
                || (is_taken(taken, previous.start) && !shares_degree(taken, previous, word))
                || form.ends_with(&['.']) && form.len() > 3;
            if stops {
                break;
            }
            start = previous.start;
            left -= 1;
            n_left += 1;
        }
        // To the right: `of X and Y`, or what follows if nothing stands to the left.
        let mut end = word.end;
        let mut n_right = 0;
        if with_of || n_left == 0 {
            for (previous, next) in words.iter().skip(index).zip(words.iter().skip(index + 1)) {
                let form = folded(next);
                let small = is_of(next)
                    || matches!(form.as_slice(), ['a', 'n', 'd'] | ['&'] | ['t', 'h', 'e'] | ['a', 't'])
                    || matches!(
                        form.as_slice(),
                        ['d', 'e' | 'i' | 'a' | 'o' | 'u'] | ['d', 'e', 'l'] | ['l', 'a']
                    );
                let has_digit = form.iter().any(char::is_ascii_digit);
                let place = matches!(form.as_slice(), ['c', 'i', 't', 'y'] | ['s', 't', 'a', 't', 'e']);
                let inside =
                    is_adjacent(previous, next) && (small || is_capital(next)) && !has_digit && !place;
                if !inside
                    || is_taken(taken, next.start)
                    || n_right == MAX_WORDS
                    || SCHOOL_WORDS.exactly(&form).is_some() && !small && n_right > 1
                {
                    break;
                }
                n_right += 1;
                if !small {
                    end = next.end;
                }
            }
        }
        let extent = text.trim_matches(Extent::new(start, end), |scalar| matches!(scalar, '-' | '&' | '\''));
        let own_is_name = own.len() <= 7 && !with_of && !own.contains(&'u')
            || own == ['m', 'i', 't']
            || own == ['u', 'c', 'l', 'a'];
        let is_bare = extent.len() <= own.len() && !(own_is_name && own.len() <= 4);
        let covered = taken.iter().any(|taken| taken.holds(*word) && taken.start <= extent.start);
        if is_bare || covered {
            continue;
        }
        found.push(extent);
    }
    found
}

fn names_university(text: &Text, school: Extent) -> bool {
    text.folded(school).windows(7).any(|part| part == ['u', 'n', 'i', 'v', 'e', 'r', 's'])
}

/// Whether both words lie in the same taken place, as in `High School`.
fn shares_degree(taken: &[Extent], left: &Extent, right: &Extent) -> bool {
    taken.iter().any(|taken| taken.holds(*left) && taken.holds(*right))
}

/// `Business School`, `Medical College`, `Technology Institute`: there the word belongs to the name.
fn is_school_modifier(form: &[char], own: &[char]) -> bool {
    let form: String = form.iter().collect();
    let own: String = own.iter().collect();
    match own.as_str() {
        "school" => matches!(
            form.as_str(),
            "business"
                | "graduate"
                | "design"
                | "art"
                | "music"
                | "general"
                | "state"
                | "city"
                | "international"
        ),
        "university" => {
            matches!(form.as_str(), "state" | "international" | "city" | "technology" | "nursing")
        }
        "college" => matches!(form.as_str(), "state" | "city" | "business" | "international" | "art"),
        "institute" | "academy" => matches!(
            form.as_str(),
            "art" | "technology" | "culinary" | "international" | "state" | "business"
        ),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
