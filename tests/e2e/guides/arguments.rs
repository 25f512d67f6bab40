//! Whether the program would take a command that a document names and no test can run.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Result, ensure};
use bole_tests::{Run, program};

/// Asks the program for its help, and remembers what it said.
#[derive(Debug, Default)]
pub(super) struct Helper {
    told: BTreeMap<Vec<String>, Run>,
}

impl Helper {
    /// Checks the commands of ours in a line, such as `sudo -u bole bole serve`.
    ///
    /// # Errors
    /// If one has a name or an option that there is not.
    pub(super) fn check(&mut self, line: &str) -> Result<()> {
        commands(line).iter().try_for_each(|words| self.check_command(words))
    }

    fn check_command(&mut self, words: &[String]) -> Result<()> {
        let options = words.iter().filter(|word| word.starts_with("--"));
        let options: Vec<_> = options.filter_map(|word| word.split('=').next()).collect();
        for names in alternatives(&names(words)) {
            if !self.told.contains_key(&names) {
                let mut help = Command::new(program()?);
                help.args(&names).arg("--help").env_clear();
                self.told.insert(names.clone(), Run::of(&mut help)?);
            }
            let help = &self.told[&names];
            ensure!(help.code == Some(0), "there is no `bole {}`: {}", names.join(" "), help.stderr);
            for option in &options {
                let is_known = help.stdout.split([' ', ',', '\n', '=']).any(|word| word == *option);
                ensure!(is_known, "`bole {}` has no `{option}`", names.join(" "));
            }
        }
        Ok(())
    }
}

/// The words behind each `bole` that stands where a command does.
fn commands(line: &str) -> Vec<Vec<String>> {
    let line = line.split(" #").next().unwrap_or_default();
    // A `|` without blanks is an alternative, and no pipe.
    [" | ", "; ", "&& "]
        .into_iter()
        .fold(vec![line], |parts, mark| parts.iter().flat_map(|part| part.split(mark)).collect())
        .into_iter()
        .filter_map(command)
        .collect()
}

fn command(part: &str) -> Option<Vec<String>> {
    let marks = ['"', '\'', '`', '(', ')', ','];
    let words: Vec<_> = part.split_whitespace().map(|word| word.trim_matches(marks)).collect();
    let at = words.iter().rposition(|word| word.rsplit('/').next() == Some("bole"))?;
    // A user and a folder are called so too: what stands behind them is no name of a command.
    let before = at.checked_sub(1).and_then(|before| words.get(before));
    let behind = words.get(at + 1)?;
    let is_command = !before.is_some_and(|word| USERS.contains(word))
        && behind.starts_with(|first: char| first.is_ascii_lowercase() || first == '-');
    is_command.then(|| words.iter().skip(at + 1).map(|word| (*word).to_owned()).collect())
}

/// What a user stands behind.
const USERS: [&str; 7] = ["-u", "-o", "-g", "-U", "--user", "chown", "useradd"];

/// The names of commands that a line begins with. What comes behind them may look like a name too, such as that of a
/// profile: help takes any.
fn names(words: &[String]) -> Vec<String> {
    let mut names = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let is_name = word.bytes().all(|byte| byte.is_ascii_lowercase() || b"-|".contains(&byte));
        if matches!(word.as_str(), "--data" | "--config") {
            words.next();
        } else if is_name && !word.starts_with('-') {
            names.push(word.clone());
        } else {
            break;
        }
    }
    names
}

/// `portal add|pause` names two commands.
fn alternatives(names: &[String]) -> Vec<Vec<String>> {
    names.iter().fold(vec![Vec::new()], |all, name| {
        let longer = |names: &Vec<String>| {
            let names = names.clone();
            let each = name.split('|').map(move |name| [names.as_slice(), &[name.to_owned()]].concat());
            each.collect::<Vec<_>>()
        };
        all.iter().flat_map(longer).collect()
    })
}

#[test]
fn commands_of_ours_are_found_in_a_line() {
    let found = |line: &str| commands(line).iter().map(|words| words.join(" ")).collect::<Vec<_>>();
    assert_eq!(found("BOLE_DATA=x bole status --format json  # so it stands"), ["status --format json"]);
    assert_eq!(found("sudo -u bole bole serve"), ["serve"]);
    assert_eq!(found("docker compose exec serve /usr/local/bin/bole status | head"), ["status"]);
    assert_eq!(found("bole portal add|pause live"), ["portal add|pause live"]);
    assert_eq!(found("install -d -o bole /var/lib/bole"), [""; 0]);
    let words = ["portal", "add|pause", "live", "--x"].map(str::to_owned);
    assert_eq!(names(&words), ["portal", "add|pause", "live"]);
    assert_eq!(alternatives(&names(&words)).len(), 2);
}

#[test]
fn what_the_program_does_not_know_is_told() {
    let mut helper = Helper::default();
    helper.check("bole match finance --top 3").unwrap();
    helper.check("bole --data d portal add|pause live").unwrap();
    for wrong in ["bole rank finance", "bole match finance --bottom 3", "bole portal add|stop live"] {
        assert!(helper.check(wrong).is_err(), "{wrong}");
    }
}
