use std::collections::BTreeSet;

use super::dice::Dice;
use super::tables::{Profession, RESULTS, TRAITS, Topic, Words};
use super::truth::{Degree, Language, Month, Skill};

/// Says things in the language of a resume, and remembers which concepts it named.
pub(super) struct Voice {
    language: Language,
    profession: &'static Profession,
    dice: Dice,
    named: BTreeSet<Skill>,
    duties: Vec<usize>,
}

impl Voice {
    pub(super) fn new(language: Language, profession: &'static Profession, dice: Dice) -> Self {
        Self { language, profession, dice, named: BTreeSet::new(), duties: Vec::new() }
    }

    pub(super) fn language(&self) -> Language {
        self.language
    }

    pub(super) fn is_english(&self) -> bool {
        self.language == Language::English
    }

    pub(super) fn profession(&self) -> &'static Profession {
        self.profession
    }

    /// In the first language of the resume.
    pub(super) fn say_plainly(&self, words: Words) -> String {
        if self.is_english() { words.1.to_owned() } else { words.0.to_owned() }
    }

    /// Every concept named so far.
    pub(super) fn skills(&self) -> Vec<Skill> {
        self.named.iter().cloned().collect()
    }

    /// So many concepts for the list of skills.
    pub(super) fn topics(&mut self, n: u32) -> Vec<String> {
        let english = self.is_english();
        let topics = self.dice.several(self.profession.topics, n);
        topics.into_iter().map(|topic| self.name(topic, english)).collect()
    }

    /// Different sentences about work.
    pub(super) fn sentences(&mut self, n: u32) -> Vec<String> {
        (0..n).map(|_| self.sentence()).collect()
    }

    pub(super) fn project_title(&mut self) -> String {
        let english = self.is_english();
        let topic = self.dice.pick(self.profession.topics);
        let topic = self.name(topic, english);
        let (chinese, latin) = *self.dice.pick(&[
            ("{t}优化项目", "Improvement of {t}"),
            ("{t}平台建设", "A platform for {t}"),
            ("{t}专项工作", "Task force on {t}"),
            ("{t}研究课题", "Study of {t}"),
        ]);
        capital((if english { latin } else { chinese }).replace("{t}", &topic))
    }

    pub(super) fn paper(&mut self, name: &str, written: Month) -> String {
        let english = self.language != Language::Chinese;
        let title = *self.dice.pick(self.profession.papers);
        let journal = *self.dice.pick(self.profession.journals);
        let title = self.filled(if english { title.1 } else { title.0 }, english);
        let year = written.year() - self.dice.below(8);
        let volume = self.dice.between(3, 60);
        let page = self.dice.between(1, 900);
        if english {
            let name = if self.is_english() { name } else { "W. Li" };
            format!("{name} et al. {}. {}, {year}, {volume}: {page}–{}.", capital(title), journal.1, page + 9)
        } else {
            format!("{name}等. {title}[J]. {}, {year}, {volume}: {page}-{}.", journal.0, page + 9)
        }
    }

    pub(super) fn traits(&mut self, n: u32, title: Words, years: u32) -> Vec<String> {
        // The first tells of years, which a beginner has not.
        let (first, others) = TRAITS.split_first().unwrap_or_else(|| unreachable!("there are traits"));
        let mut chosen = if years > 1 { vec![first] } else { Vec::new() };
        chosen.extend(self.dice.several(others, n));
        let english = self.is_english();
        let words = chosen.into_iter().map(|words| if english { words.1 } else { words.0 });
        let words: Vec<&str> = words.collect();
        let profession = if english { title.1 } else { title.0 };
        words
            .into_iter()
            .map(|text| {
                let text = text.replace("{p}", profession).replace("{y}", &years.to_string());
                capital(self.filled(&text, english))
            })
            .collect()
    }

    /// A title as it is after so many years.
    pub(super) fn rank(&self, title: Words, years: u32) -> String {
        let (chinese, latin) = match years {
            0..=1 => ("", ""),
            2..=4 => ("中级", ""),
            5..=8 => ("高级", "Senior "),
            9..=14 => ("资深", "Principal "),
            _ => ("首席", "Chief "),
        };
        match self.language {
            Language::Chinese => format!("{chinese}{}", title.0),
            Language::English => format!("{latin}{}", title.1),
            Language::Mixed => format!("{chinese}{} {latin}{}", title.0, title.1),
        }
    }

    pub(super) fn intern(&self, title: Words) -> String {
        if self.is_english() { format!("Intern ({})", title.1) } else { format!("{}实习生", title.0) }
    }

    pub(super) fn degree(&self, degree: Degree) -> &'static str {
        let (chinese, latin) = match degree {
            Degree::College => ("大专", "Associate Degree"),
            Degree::Bachelor => ("本科", "Bachelor"),
            Degree::Master => ("硕士", "Master"),
            Degree::Doctor => ("博士", "PhD"),
        };
        if self.is_english() { latin } else { chinese }
    }

    fn sentence(&mut self) -> String {
        let english = match self.language {
            Language::Chinese => false,
            Language::English => true,
            Language::Mixed => self.dice.chance(40),
        };
        // All beginnings are used before one comes again.
        if self.duties.is_empty() {
            let places: Vec<usize> = (0..self.profession.duties.len()).collect();
            self.duties = self.dice.several(&places, u32::MAX).into_iter().copied().collect();
        }
        let duty = self.duties.pop().and_then(|place| self.profession.duties.get(place).copied());
        let (duty, result) = (duty.unwrap_or_default(), *self.dice.pick(RESULTS));
        let (text, end) =
            if english { ([duty.1, result.1].concat(), ".") } else { ([duty.0, result.0].concat(), "。") };
        capital(self.filled(&text, english) + end)
    }

    /// Topics, a measure and numbers put in their places.
    fn filled(&mut self, text: &str, english: bool) -> String {
        let mut filled = text.to_owned();
        for mark in ["{t}", "{u}"] {
            if filled.contains(mark) {
                // One sentence does not name one thing twice.
                let topics = self.dice.several(self.profession.topics, 4);
                let word = |topic: &Topic| if english { topic.2 } else { topic.1 };
                let other = topics.into_iter().find(|topic| !filled.contains(word(topic)));
                let word = other.map(|topic| self.name(topic, english)).unwrap_or_default();
                filled = filled.replace(mark, &word);
            }
        }
        if filled.contains("{m}") {
            let measure = *self.dice.pick(self.profession.measures);
            filled = filled.replace("{m}", if english { measure.1 } else { measure.0 });
        }
        while filled.contains("{n}") {
            let number = self.dice.between(3, 38).to_string();
            filled = filled.replacen("{n}", &number, 1);
        }
        filled
    }

    fn name(&mut self, topic: &Topic, english: bool) -> String {
        let (concept, chinese, latin) = *topic;
        let word = if english { latin } else { chinese };
        self.named.insert(Skill { concept: concept.to_owned(), word: word.to_owned() });
        word.to_owned()
    }
}

/// With a capital at the beginning.
fn capital(text: String) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if first.is_ascii_lowercase() => {
            first.to_ascii_uppercase().to_string() + letters.as_str()
        }
        _ => text,
    }
}
