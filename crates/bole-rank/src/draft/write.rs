//! The draft as TOML.

use std::fmt::Write;

use bole_core::{Degree, FieldId};

use crate::explain::degree_names;
use crate::lexicon::Lexicon;
use crate::profile::Profile;

use super::groups::{demand, groups};
use super::lines::{Ask, Line};
use super::{DraftLine, DraftOptions, Found, Kind, Wish, quote};

/// Of 100 points; what is left goes to the groups.
const TITLES: u32 = 16;
const EDUCATION: u32 = 8;
const EXPERIENCE: u32 = 8;
const ACHIEVEMENTS: u32 = 4;
const ALL: u32 = 100;
/// Enough experience where the text tells no years, as in the profiles that ship.
const FULL_MONTHS: u32 = 96;

pub(super) fn profile(
    lines: &[Line],
    field: &FieldId,
    found: &Found<'_>,
    not_understood: &[DraftLine],
    lexicon: &Lexicon,
    options: &DraftOptions<'_>,
) -> String {
    // The field's own profile, if it has one of its name, rather than one for some trade in it.
    let of_field = || options.known.iter().copied().filter(|profile| profile.field() == field);
    let known = of_field().find(|profile| profile.id() == field.0).or_else(|| of_field().next());
    let mut toml = Toml { text: String::new(), lines };
    toml.head(field, found, known, options);

    let groups = groups(&found.wishes, known, lexicon);
    let of_kind = |kind| found.wishes.iter().filter(|wish| wish.kind == kind).collect::<Vec<_>>();
    let (titles, subjects, certificates) =
        (of_kind(Kind::Title), of_kind(Kind::Discipline), of_kind(Kind::Certificate));
    let share = |points: u32, is_there: bool| if is_there { points } else { 0 };
    let fixed = share(TITLES, !titles.is_empty())
        + share(EDUCATION, !subjects.is_empty())
        + EXPERIENCE
        + share(ACHIEVEMENTS, !certificates.is_empty());
    let demands: Vec<u32> = groups.iter().map(|group| demand(&group.wishes)).collect();
    let weights = divide(ALL - fixed, &demands);
    for (group, weight) in groups.iter().zip(weights) {
        toml.line("\n[[groups]]");
        toml.text("id", &group.id);
        toml.text("name_zh", &group.name_zh);
        toml.text("name_en", &group.name_en);
        toml.line(&format!("weight = {weight}"));
        toml.line(&format!("enough = {}", enough(&group.wishes)));
        toml.by_ask(&group.wishes);
    }
    if !titles.is_empty() {
        toml.line(&format!("\n[titles]\nweight = {TITLES}\nenough = {}", titles.len().min(2)));
        toml.by_ask(&titles);
    }
    if !subjects.is_empty() {
        toml.line(&format!("\n[education]\nweight = {EDUCATION}"));
        toml.list("disciplines", &subjects);
    }
    let full_months = found.full_months.unwrap_or(FULL_MONTHS);
    toml.line(&format!("\n[experience]\nweight = {EXPERIENCE}\nfull_months = {full_months}"));
    if !certificates.is_empty() {
        toml.line(&format!("\n[achievements]\nweight = {ACHIEVEMENTS}\nenough = 1"));
        toml.list("certificates", &certificates);
    }
    toml.gates(found);
    if !not_understood.is_empty() {
        toml.line("\n# Not understood, and so not asked for:");
        for line in not_understood {
            toml.line(&format!("#   line {}: {}", line.line, line.quote));
        }
    }
    toml.text
}

struct Toml<'a> {
    text: String,
    lines: &'a [Line],
}

impl Toml<'_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn text(&mut self, key: &str, value: &str) {
        let quoted = quoted(value);
        self.line(&format!("{key} = {quoted}"));
    }

    /// The line of the job description that something comes from.
    fn source(&self, index: usize) -> String {
        let line = self.lines.get(index);
        line.map_or_else(String::new, |line| format!("# line {}: {}", line.number, quote(&line.text)))
    }

    fn head(
        &mut self,
        field: &FieldId,
        found: &Found<'_>,
        known: Option<&Profile>,
        options: &DraftOptions<'_>,
    ) {
        self.line("# Drafted from a job description: look it over, mend it, and have it checked with");
        self.line("# `bole profile check`. Behind each part stands the line that it comes from. Weights are points of 100.");
        for warning in &found.warnings {
            let place = warning.line.map_or_else(String::new, |line| format!("line {line}: "));
            self.line(&format!("# Note: {place}{}", quote_whole(&warning.message)));
        }
        self.line("");
        if let Some(id) = options.id {
            self.text("id", id);
        }
        self.text("field", &field.0);
        let title = self.lines.iter().find(|line| line.is_title).map(|line| quote(&line.title()));
        let title = title.filter(|title| !title.trim().is_empty());
        let is_chinese = |text: &str| text.chars().any(crate::characters::is_cjk);
        let listed = found.wishes.iter().find(|wish| wish.kind == Kind::Title && wish.ask == Ask::Must);
        let by_title = |in_chinese: bool| title.clone().filter(|title| is_chinese(title) == in_chinese);
        let name_zh = by_title(true)
            .or_else(|| listed.map(|wish| wish.concept.name_zh.clone()))
            .or_else(|| known.map(|profile| profile.name_zh().to_owned()));
        let name_en = by_title(false)
            .or_else(|| listed.map(|wish| wish.concept.name_en.clone()))
            .or_else(|| known.map(|profile| profile.name_en().to_owned()));
        self.text("name_zh", &name_zh.unwrap_or_else(|| field.0.clone()));
        self.text("name_en", &name_en.unwrap_or_else(|| field.0.clone()));
    }

    fn by_ask(&mut self, wishes: &[&Wish<'_>]) {
        let part = |is_minor: bool| {
            wishes.iter().copied().filter(move |wish| (wish.ask == Ask::Nice) == is_minor).collect::<Vec<_>>()
        };
        self.list("concepts", &part(false));
        self.list("minor", &part(true));
    }

    fn list(&mut self, key: &str, wishes: &[&Wish<'_>]) {
        if wishes.is_empty() {
            return;
        }
        self.line(&format!("{key} = ["));
        for wish in wishes {
            let ask = match wish.ask {
                Ask::Must => "must",
                Ask::Wanted => "wanted",
                Ask::Nice => "nice to have",
            };
            let source = self.source(wish.line).replacen("# ", &format!("# {ask}, "), 1);
            self.line(&format!("    {},  {source}", quoted(&wish.concept.id.0)));
        }
        self.line("]");
    }

    fn gates(&mut self, found: &Found<'_>) {
        if let Some(degree) = found.degree {
            let (name_zh, name_en) = degree_names(degree.value);
            let names = [format!("{name_zh}及以上"), format!("{} or above", capitalised(name_en))];
            let written = match degree.value {
                Degree::Secondary => "secondary",
                Degree::Associate => "associate",
                Degree::Bachelor => "bachelor",
                Degree::Master => "master",
                Degree::Doctor => "doctor",
            };
            self.gate(degree.line, "degree", names, &format!("min_degree = \"{written}\""));
        }
        if let Some(least) = found.least {
            let months = least.value;
            let names =
                [format!("至少{months}个月全职工作"), format!("At least {months} months of full-time work")];
            self.gate(least.line, "min-experience", names, &format!("min_full_time_months = {months}"));
        }
        if let Some(most) = found.most {
            let months = most.value;
            let names =
                [format!("至多{months}个月全职工作"), format!("At most {months} months of full-time work")];
            self.gate(most.line, "max-experience", names, &format!("max_full_time_months = {months}"));
        }
    }

    fn gate(&mut self, line: usize, id: &str, [name_zh, name_en]: [String; 2], condition: &str) {
        let source = self.source(line);
        self.line(&format!("\n{source}\n[[gates]]"));
        self.text("id", id);
        self.text("name_zh", &name_zh);
        self.text("name_en", &name_en);
        self.line(condition);
    }
}

/// Parts of `whole` in proportion to `shares`, at least one each.
fn divide(whole: u32, shares: &[u32]) -> Vec<u32> {
    let sum = shares.iter().sum::<u32>().max(1);
    let mut parts: Vec<u32> = shares.iter().map(|share| (whole * share / sum).max(1)).collect();
    let left = whole.saturating_sub(parts.iter().sum());
    if let Some(first) = parts.first_mut() {
        *first += left;
    }
    parts
}

/// Half of what is listed, what is minor counting less, and at most five: nobody shows everything.
fn enough(wishes: &[&Wish<'_>]) -> usize {
    let n_minor = wishes.iter().filter(|wish| wish.ask == Ask::Nice).count();
    let n_full = wishes.len() - n_minor;
    ((n_full * 5 + n_minor * 2).div_ceil(10)).clamp(1, 5)
}

fn capitalised(text: &str) -> String {
    let mut scalars = text.chars();
    scalars.next().map_or_else(String::new, |first| first.to_uppercase().chain(scalars).collect())
}

/// A message that holds a quotation already.
fn quote_whole(message: &str) -> String {
    message.chars().filter(|scalar| !scalar.is_control()).collect()
}

/// `value` as a TOML string.
fn quoted(value: &str) -> String {
    let mut quoted = String::from("\"");
    for scalar in value.chars() {
        match scalar {
            '"' | '\\' => quoted.extend(['\\', scalar]),
            control if control.is_control() => {
                // Writing to a string does not end in an error.
                write!(quoted, "\\u{:04x}", control as u32).ok();
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
