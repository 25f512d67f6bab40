//! Reading TOML tables key by key, so that every mistake is found in one go and has its line.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::problem::{Problem, Source, suggest};

/// Collects the problems of one file.
pub(crate) struct Problems<'a> {
    source: Source<'a>,
    found: Vec<Problem>,
}

/// A value with its place.
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) place: Range<usize>,
}

/// A table of which keys are taken one after the other; what is left at the end is unknown.
pub(crate) struct Table<'t, 'a> {
    inner: &'t DeTable<'a>,
    path: String,
    place: Range<usize>,
    known: BTreeSet<&'static str>,
}

/// More mistakes of one file are not told: finding the line of each takes the length of the file.
const MAX_PROBLEMS: usize = 100;

impl<'a> Problems<'a> {
    pub(crate) fn new(source: Source<'a>) -> Self {
        Self { source, found: Vec::new() }
    }

    /// Parses the file; whatever is not TOML becomes problems and the rest is still looked at.
    pub(crate) fn parse(&mut self) -> Spanned<DeTable<'a>> {
        let (root, errors) = DeTable::parse_recoverable(self.source.text);
        for error in errors {
            let message = error.message().replace('\n', ", ");
            self.add(error.span(), "", message, "write it as TOML 1.1");
        }
        root
    }

    pub(crate) fn add(
        &mut self,
        place: Option<Range<usize>>,
        key: impl Into<String>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        if self.found.len() >= MAX_PROBLEMS {
            return;
        }
        let line = place.map(|place| {
            let before = self.source.text.bytes().take(place.start);
            1 + before.filter(|byte| *byte == b'\n').count()
        });
        self.found.push(Problem {
            file: self.source.name.to_owned(),
            line,
            key: key.into(),
            message: message.into(),
            hint: hint.into(),
        });
    }

    /// The problems by line.
    pub(crate) fn into_sorted(mut self) -> Vec<Problem> {
        self.found.sort();
        self.found
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// What is wrong with a file that has nothing of a profile in it: the first thing that is no TOML, if there is one,
    /// else what it lacks. A text or an image would give as many problems as lines.
    pub(crate) fn into_no_profile(self) -> Vec<Problem> {
        let file = self.source.name.to_owned();
        let message = if self.source.text.trim().is_empty() {
            "the file is empty"
        } else if self.found.is_empty() {
            "there is nothing of a profile in it"
        } else {
            "this is no TOML"
        };
        let line = self.into_sorted().first().and_then(|problem| problem.line).or(Some(1));
        vec![Problem {
            file,
            line,
            key: String::new(),
            message: message.to_owned(),
            hint: "write `field`, `name_zh`, `name_en` and `[[groups]]`, as the files in config/profiles do, or have a \
                   job description made into a profile by `bole profile draft`"
                .to_owned(),
        }]
    }
}

impl<'t, 'a> Table<'t, 'a> {
    pub(crate) fn root(root: &'t Spanned<DeTable<'a>>) -> Self {
        Self::new(root.get_ref(), String::new(), root.span())
    }

    fn new(inner: &'t DeTable<'a>, path: String, place: Range<usize>) -> Self {
        Self { inner, path, place, known: BTreeSet::new() }
    }

    pub(crate) fn place(&self) -> Range<usize> {
        self.place.clone()
    }

    /// Where the table itself is.
    pub(crate) fn path(&self) -> String {
        self.path.clone()
    }

    pub(crate) fn key(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.inner.iter().any(|(name, _)| name.get_ref().as_ref() == key)
    }

    /// Whether `key` is absent or holds a list, be it of whatever: what does not has been reported as that.
    pub(crate) fn may_list(&self, key: &str) -> bool {
        let value = self.inner.iter().find(|(name, _)| name.get_ref().as_ref() == key);
        value.is_none_or(|(_, value)| value.get_ref().as_array().is_some())
    }

    /// Whether `key` holds this number.
    pub(crate) fn is(&self, key: &str, number: u32) -> bool {
        let value = self.inner.iter().find(|(name, _)| name.get_ref().as_ref() == key);
        value.and_then(|(_, value)| value.get_ref().as_integer()).is_some_and(|integer| {
            i64::from_str_radix(integer.as_str(), integer.radix()) == Ok(i64::from(number))
        })
    }

    fn get(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'a>>> {
        self.known.insert(key);
        self.inner.iter().find(|(name, _)| name.get_ref().as_ref() == key).map(|(_, value)| value)
    }

    pub(crate) fn text(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<At<&'t str>> {
        let value = self.get(key)?;
        let text = value.get_ref().as_str().filter(|text| !text.trim().is_empty());
        if text.is_none() {
            problems.add(
                Some(value.span()),
                self.key(key),
                "is not a text",
                "write it in double quotes, not empty",
            );
        }
        text.map(|text| At { value: text, place: value.span() })
    }

    /// Like [`Table::text`], but a missing key is a problem too.
    pub(crate) fn required_text(
        &mut self,
        key: &'static str,
        problems: &mut Problems<'_>,
    ) -> Option<At<&'t str>> {
        let missing = self.get(key).is_none();
        if missing {
            self.report_missing(key, problems);
        }
        self.text(key, problems)
    }

    pub(crate) fn report_missing(&self, key: &str, problems: &mut Problems<'_>) {
        problems.add(Some(self.place()), self.key(key), "is missing", format!("add `{key} = ...`"));
    }

    /// A whole number within `range`.
    pub(crate) fn number(
        &mut self,
        key: &'static str,
        range: std::ops::RangeInclusive<u32>,
        problems: &mut Problems<'_>,
    ) -> Option<At<u32>> {
        let value = self.get(key)?;
        let integer = value.get_ref().as_integer();
        let number = integer
            .and_then(|integer| i64::from_str_radix(integer.as_str(), integer.radix()).ok())
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| range.contains(number));
        if number.is_none() {
            let hint = format!("use a whole number from {} to {}", range.start(), range.end());
            let message = if integer.is_some() { "is out of range" } else { "is not a whole number" };
            problems.add(Some(value.span()), self.key(key), message, hint);
        }
        number.map(|value_read| At { value: value_read, place: value.span() })
    }

    /// `true` or `false`; `false` if the key is absent.
    pub(crate) fn flag(&mut self, key: &'static str, problems: &mut Problems<'_>) -> bool {
        let Some(value) = self.get(key) else {
            return false;
        };
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            problems.add(
                Some(value.span()),
                self.key(key),
                "is neither true nor false",
                "write `true` or leave it out",
            );
        }
        flag.unwrap_or_default()
    }

    /// A list of texts; empty if the key is absent.
    pub(crate) fn texts(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Vec<At<&'t str>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let Some(array) = value.get_ref().as_array() else {
            problems.add(Some(value.span()), self.key(key), "is not a list", "write `[\"...\"]`");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in array {
            match item.get_ref().as_str().filter(|text| !text.trim().is_empty()) {
                Some(text) => texts.push(At { value: text, place: item.span() }),
                None => problems.add(
                    Some(item.span()),
                    self.key(key),
                    "holds something that is not a text",
                    "write each item in double quotes, not empty",
                ),
            }
        }
        texts
    }

    /// A table, if the key is there.
    pub(crate) fn table(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<Table<'t, 'a>> {
        let value = self.get(key)?;
        let path = self.key(key);
        let Some(inner) = value.get_ref().as_table() else {
            problems.add(Some(value.span()), path, "is not a table", format!("write `[{key}]`"));
            return None;
        };
        Some(Table::new(inner, path, value.span()))
    }

    /// The tables of `[[key]]`.
    pub(crate) fn tables(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Vec<Table<'t, 'a>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let path = self.key(key);
        let items = value.get_ref().as_array().into_iter().flat_map(|array| array.iter());
        let tables: Vec<_> = items
            .enumerate()
            .filter_map(|(index, item)| {
                let inner = item.get_ref().as_table()?;
                Some(Table::new(inner, format!("{path}[{index}]"), item.span()))
            })
            .collect();
        let n_items = value.get_ref().as_array().map(|array| array.iter().count());
        if n_items != Some(tables.len()) {
            problems.add(
                Some(value.span()),
                path,
                "is not a list of tables",
                format!("write `[[{key}]]` before each"),
            );
        }
        tables
    }

    /// Every key with the table under it, by key.
    pub(crate) fn named_tables(&self, problems: &mut Problems<'_>) -> Vec<(At<&'t str>, Table<'t, 'a>)> {
        let mut tables = Vec::new();
        for (name, value) in self.inner {
            let path = self.key(name.get_ref());
            match value.get_ref().as_table() {
                Some(inner) => tables.push((
                    At { value: name.get_ref().as_ref(), place: name.span() },
                    Table::new(inner, path, name.span()),
                )),
                None => problems.add(Some(value.span()), path, "is not a table", "write it as a table"),
            }
        }
        tables
    }

    /// Reports every key that nobody asked for.
    pub(crate) fn finish(self, problems: &mut Problems<'_>) {
        for (name, _) in self.inner {
            let written = name.get_ref().as_ref();
            if !self.known.contains(written) {
                let names = self.known.iter().copied().collect::<Vec<_>>().join("`, `");
                let hint = suggest(written, self.known.iter().copied(), &format!("known here are `{names}`"));
                problems.add(Some(name.span()), self.key(written), "is not a known key", hint);
            }
        }
    }
}
