use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::error::RelevanceError;
use super::specimen::{Judgement, MAX_GRADE, Source, Specimen, WrittenFile};
use crate::listing::{BenchError, Mistake};

/// A line of a graded file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    /// A PDF or a `*.toml`, from where the graded file lies.
    file: PathBuf,
    /// By profile.
    grades: BTreeMap<String, i64>,
    trap: Option<String>,
}

/// Reads graded files and what they name.
pub(super) struct GradedFiles<'a> {
    /// The profiles that there are.
    profiles: BTreeSet<&'a str>,
    /// What was graded so far.
    files: BTreeSet<PathBuf>,
    specimens: Vec<Specimen>,
    mistakes: Vec<Mistake>,
}

impl<'a> GradedFiles<'a> {
    pub(super) fn new(profiles: impl Iterator<Item = &'a str>) -> Self {
        let profiles = profiles.collect();
        Self { profiles, files: BTreeSet::new(), specimens: Vec::new(), mistakes: Vec::new() }
    }

    /// Reads one graded file; keeps its mistakes for the end.
    ///
    /// # Errors
    /// If it cannot be read, or has no lines.
    pub(super) fn read(&mut self, path: &Path) -> Result<(), RelevanceError> {
        let text = fs::read_to_string(path).map_err(BenchError::path(path))?;
        let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
        if lines.clone().next().is_none() {
            return Err(RelevanceError::NothingGraded { path: path.to_owned() });
        }
        for (line, number) in lines {
            match serde_json::from_str::<Line>(line) {
                Ok(line) => self.line(path, number, line),
                Err(error) => {
                    let told = error.to_string();
                    let place = format!(" at line {} column {}", error.line(), error.column());
                    let mistake = told.strip_suffix(&place).unwrap_or(&told);
                    self.mistake(path, number, &format!("{mistake}, at column {}", error.column()));
                }
            }
        }
        Ok(())
    }

    /// All that was graded.
    ///
    /// # Errors
    /// Every mistake in all files.
    pub(super) fn finish(self) -> Result<Vec<Specimen>, BenchError> {
        if self.mistakes.is_empty() { Ok(self.specimens) } else { Err(BenchError::Truth(self.mistakes)) }
    }

    fn mistake(&mut self, path: &Path, line: usize, mistake: &str) {
        self.mistakes.push(Mistake { path: path.to_owned(), mistake: format!("line {line}: {mistake}") });
    }

    fn line(&mut self, path: &Path, number: usize, line: Line) {
        let mut grades = BTreeMap::new();
        if line.grades.is_empty() {
            self.mistake(path, number, "`grades`: names no profile; grade it for one at least");
        }
        for (profile, grade) in line.grades {
            if !self.profiles.contains(profile.as_str()) {
                let known: Vec<_> = self.profiles.iter().map(|name| format!("`{name}`")).collect();
                let mistake = format!("`grades`: there is no profile `{profile}`, only {}", known.join(", "));
                self.mistake(path, number, &mistake);
            }
            if let Some(grade) = u8::try_from(grade).ok().filter(|grade| *grade <= MAX_GRADE) {
                grades.insert(profile, Judgement::of_grade(grade));
            } else {
                let mistake = format!("`grades.{profile}`: {grade} is no grade; use 0 to {MAX_GRADE}");
                self.mistake(path, number, &mistake);
            }
        }
        let file = path.parent().unwrap_or(Path::new("")).join(&line.file);
        let written = line.file.display();
        if !file.is_file() {
            self.mistake(path, number, &format!("`file`: there is no `{written}`"));
            return;
        }
        // The same file by another way is the same file.
        if !self.files.insert(fs::canonicalize(&file).unwrap_or_else(|_| file.clone())) {
            self.mistake(path, number, &format!("`file`: `{written}` is graded already"));
            return;
        }
        let extension = file.extension().unwrap_or_default().to_ascii_lowercase();
        let source = if extension == "pdf" {
            Some(Source::Pdf)
        } else if extension == "toml" {
            self.written(&file).map(|written| Source::Written(Box::new(written)))
        } else {
            self.mistake(path, number, &format!("`file`: `{written}` is neither a `*.pdf` nor a `*.toml`"));
            None
        };
        let specimen = |source| Specimen { path: file, source, grades, trap: line.trap };
        self.specimens.extend(source.map(specimen));
    }

    /// Reads a `*.toml`; keeps its mistakes.
    fn written(&mut self, path: &Path) -> Option<WrittenFile> {
        let told = match fs::read_to_string(path) {
            Ok(text) => match toml::from_str::<WrittenFile>(&text) {
                Ok(file) => {
                    let mut told = file.written().mistakes();
                    let beside =
                        file.file.as_ref().map(|file| path.parent().unwrap_or(Path::new("")).join(file));
                    if let Some(beside) = beside.filter(|beside| !beside.is_file()) {
                        told.push(format!("`file`: there is no `{}`", beside.display()));
                    }
                    if told.is_empty() {
                        return Some(file);
                    }
                    told
                }
                Err(error) => vec![error.to_string().trim_end().to_owned()],
            },
            Err(error) => vec![error.to_string()],
        };
        self.mistakes.extend(told.into_iter().map(|mistake| Mistake { path: path.to_owned(), mistake }));
        None
    }
}
