//! What of a reading may be shown without telling who somebody is.

mod contacts;
mod gender;
mod names;
mod words;

use std::ops::Range;

use bole_core::{Pages, Reading, Resume, Sourced, Span};

use self::names::Names;
use self::words::words;
use crate::masked_hidden;

/// The same reading without what tells who somebody is: name, contacts, links, what is protected, schools for women or men,
/// and words by which a person is addressed or spoken of. In the text they are blanked out by spaces, hidden text included, so
/// that spans stay valid; of the values what is left is kept.
///
/// What is left can still be guessed from: an employer and a year are of few people. Evidence is not found in it: it is of the
/// whole reading.
pub fn blinded(reading: Reading) -> Reading {
    let known = Known::of(&reading.resume);
    let mut content = reading.masked_content();
    let spans = identifying(&reading.resume);
    for ((page, whole), number) in content.pages.iter_mut().zip(&reading.content.pages).zip(1..) {
        let mut scalars: Vec<char> = page.text.chars().collect();
        // Found in the whole text: what is blanked would part the words of a name.
        let all: Vec<char> = whole.text.chars().collect();
        let mut places = known.places(&all);
        let on_page = spans.iter().filter(|span| span.page == number);
        places.extend(on_page.map(|span| span.start as usize..span.end as usize));
        blank(&mut scalars, &places);
        page.text = scalars.into_iter().collect();
    }
    for (page, hidden) in content.pages.iter_mut().zip(masked_hidden(&reading.content)) {
        page.hidden = hidden;
        for hidden in &mut page.hidden {
            hidden.text = known.blanked(&hidden.text);
        }
    }
    let shown = Shown { known: &known, before: &reading.content, after: &content };
    let resume = shown.resume(reading.resume);
    Reading { content, resume, ..reading }
}

/// What is known to tell who somebody is.
struct Known {
    names: Names,
    /// The digits of each phone.
    phones: Vec<Vec<char>>,
    /// Schools for women or men, as they are written.
    schools: Vec<Vec<char>>,
}

impl Known {
    fn of(resume: &Resume) -> Self {
        let schools = resume.education.iter().filter_map(|education| education.school.as_ref());
        let schools = schools.map(|school| school.value.chars().collect::<Vec<_>>()).filter(|school| {
            let mut found = Vec::new();
            gender::schools(school, &words(school), &mut found);
            !found.is_empty()
        });
        Self {
            names: resume.name.as_ref().map(|name| Names::of(&name.value)).unwrap_or_default(),
            phones: resume.phones.iter().filter_map(|phone| contacts::digits(&phone.value)).collect(),
            schools: schools.collect(),
        }
    }

    /// Where any of it stands, in no order.
    fn places(&self, scalars: &[char]) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let words = words(scalars);
        self.names.places(scalars, &words, &mut found);
        gender::places(scalars, &words, &mut found);
        contacts::places(scalars, &self.phones, &mut found);
        for school in &self.schools {
            let starts = scalars.windows(school.len()).enumerate().filter(|(_, window)| window == school);
            found.extend(starts.map(|(start, _)| start..start + school.len()));
        }
        found
    }

    fn blanked(&self, text: &str) -> String {
        let mut scalars: Vec<char> = text.chars().collect();
        let places = self.places(&scalars);
        blank(&mut scalars, &places);
        scalars.into_iter().collect()
    }
}

/// The places of all values that tell who somebody is.
fn identifying(resume: &Resume) -> Vec<Span> {
    let contacts = resume.emails.iter().chain(&resume.phones).chain(&resume.links);
    // An address with a number is that of a door; a town is of many.
    let is_door = |location: &&Sourced<String>| location.value.contains(char::is_numeric);
    let all = contacts.chain(&resume.name).chain(resume.location.as_ref().filter(is_door));
    all.flat_map(|value| value.spans.iter().copied()).collect()
}

fn blank(scalars: &mut [char], places: &[Range<usize>]) {
    for place in places {
        let end = place.end.min(scalars.len());
        let blanked = scalars.get_mut(place.start.min(end)..end).unwrap_or_default();
        blanked.iter_mut().filter(|scalar| **scalar != '\n').for_each(|scalar| *scalar = ' ');
    }
}

/// Takes values over as far as they may be shown.
struct Shown<'a> {
    known: &'a Known,
    before: &'a Pages,
    after: &'a Pages,
}

impl Shown<'_> {
    fn resume(&self, resume: Resume) -> Resume {
        let mut resume = Resume {
            name: None,
            emails: Vec::new(),
            phones: Vec::new(),
            links: Vec::new(),
            location: resume.location.and_then(|location| self.value(location)),
            skills: self.values(resume.skills),
            ..resume
        };
        let keep = |value: &mut Option<Sourced<String>>| {
            *value = value.take().and_then(|value| self.value(value));
        };
        for education in &mut resume.education {
            keep(&mut education.school);
            keep(&mut education.discipline);
        }
        for entry in &mut resume.entries {
            keep(&mut entry.employer);
            keep(&mut entry.title);
        }
        for language in &mut resume.languages {
            keep(&mut language.fluency);
        }
        for achievement in &mut resume.achievements {
            keep(&mut achievement.issuer);
        }
        let achievements = std::mem::take(&mut resume.achievements).into_iter();
        resume.achievements = achievements
            .filter_map(|mut achievement| {
                achievement.title = self.value(achievement.title)?;
                Some(achievement)
            })
            .collect();
        resume
    }

    fn values(&self, values: Vec<Sourced<String>>) -> Vec<Sourced<String>> {
        values.into_iter().filter_map(|value| self.value(value)).collect()
    }

    /// What is left of a value; none if no word is.
    fn value(&self, value: Sourced<String>) -> Option<Sourced<String>> {
        let is_blanked = |span: &Span| self.before.text_at(*span) != self.after.text_at(*span);
        let text = if value.spans.iter().any(is_blanked) {
            self.after.text_of(&value)?
        } else {
            value.value.clone()
        };
        let blanked = self.known.blanked(&text);
        if blanked == value.value {
            return Some(value);
        }
        let left = blanked.split_whitespace().collect::<Vec<_>>().join(" ");
        let left =
            left.trim_matches(|scalar: char| !scalar.is_alphanumeric() && !"()（）《》".contains(scalar));
        left.contains(char::is_alphanumeric).then(|| Sourced { value: left.to_owned(), ..value })
    }
}

#[cfg(test)]
mod tests;
