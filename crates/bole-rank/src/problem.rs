use std::fmt;

/// A configuration file: its name, for messages, and its text.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Such as `finance.toml`.
    pub name: &'a str,
    /// TOML.
    pub text: &'a str,
}

/// One mistake in a configuration file. All mistakes of all files are reported at once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The name of the file.
    pub file: String,
    /// The line, from 1; none if the file as a whole is meant.
    pub line: Option<usize>,
    /// The path of the key, such as `groups[2].weight`.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(formatter, ":{line}")?;
        }
        if !self.key.is_empty() {
            write!(formatter, ": `{}`", self.key)?;
        }
        write!(formatter, ": {}; {}", self.message, self.hint)
    }
}

/// No name that is known is nearly as long.
const MAX_NAME_BYTES: usize = 256;

/// The one of `known` that `written` was most likely meant to be.
pub(crate) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // What is longer is no name, and comparing takes the product of the lengths.
    if written.len() > MAX_NAME_BYTES {
        return None;
    }
    let limit = (written.chars().count() / 3).max(2);
    known
        .into_iter()
        .map(|name| (edit_distance(written, name), name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

/// A hint for a name that is not known: `did you mean ...?`, or `otherwise` if none of `known` is near.
pub fn suggest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>, otherwise: &str) -> String {
    nearest(written, known).map_or_else(|| otherwise.to_owned(), |name| format!("did you mean `{name}`?"))
}

/// Levenshtein's distance in scalars.
fn edit_distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    for (n_left, left_scalar) in left.chars().enumerate() {
        let mut current = vec![n_left + 1];
        for ((above_left, above), right_scalar) in previous.iter().zip(previous.iter().skip(1)).zip(&right) {
            let beside = current.last().copied().unwrap_or_default();
            let substituted = above_left + usize::from(left_scalar != *right_scalar);
            current.push(substituted.min(above + 1).min(beside + 1));
        }
        previous = current;
    }
    previous.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested() {
        let known = ["solid-state-battery", "sodium-ion-battery", "hydrogen"];
        assert_eq!(nearest("solid-state-batery", known), Some("solid-state-battery"));
        assert_eq!(nearest("hydrogn", known), Some("hydrogen"));
        assert_eq!(nearest("banking", known), None);
    }

    #[test]
    fn a_problem_prints_place_message_and_hint() {
        let problem = Problem {
            file: "finance.toml".to_owned(),
            line: Some(7),
            key: "groups[0].weight".to_owned(),
            message: "`0` is not a weight".to_owned(),
            hint: "use a whole number from 1".to_owned(),
        };
        assert_eq!(
            problem.to_string(),
            "finance.toml:7: `groups[0].weight`: `0` is not a weight; use a whole number from 1"
        );
    }
}
