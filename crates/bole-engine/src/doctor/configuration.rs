//! What is written in the configuration, and the files that it names.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use bole_rank::Problem;
use jiff::{SignedDuration, Timestamp};

use super::{Check, Finding, Subject, Verdict, told};
use crate::ServerSettings;

/// A certificate is renewed before so much is left.
const RENEWAL: SignedDuration = SignedDuration::from_hours(14 * 24);
/// What is not for others to read.
const OTHERS_READ: u32 = 0o004;

pub(super) fn examine(subject: &Subject) -> Vec<Finding> {
    // What is wrong with the certificate is told by its own check.
    let of_certificate = |problem: &&Problem| problem.key != "server.certificate";
    let mut found: Vec<_> = subject.problems.iter().filter(of_certificate).map(mistake).collect();
    let settings = &subject.settings;
    let secrets = [&settings.queue.remote, &settings.store.remote];
    let files = secrets.into_iter().flatten().filter_map(|remote| remote.password_file.as_deref());
    found.extend(files.filter_map(open_secret));
    if let Some(file) = subject.config.as_ref().map(|config| config.join("bole.toml"))
        && std::fs::read_to_string(&file).is_ok_and(|text| holds_password(&text))
    {
        found.extend(open_secret(&file));
    }
    if let Some(knowledge) = &subject.knowledge
        && found.iter().all(|finding| finding.verdict != Verdict::Trouble)
    {
        let from = match &subject.config {
            Some(config) => format!("of `{}`", config.display()),
            None => "as built in".to_owned(),
        };
        let (n_concepts, n_profiles) = (knowledge.lexicon().concepts().len(), knowledge.profiles().len());
        found.insert(0, Finding::ok(format!("{from}: {n_concepts} concepts, {n_profiles} profiles")));
    }
    found
}

fn mistake(problem: &Problem) -> Finding {
    let whole = problem.to_string();
    let seen = whole.strip_suffix(&format!("; {}", problem.hint)).unwrap_or(&whole);
    Finding::trouble(seen, problem.hint.clone())
}

/// A secret that everybody on this machine can read.
fn open_secret(path: &Path) -> Option<Finding> {
    let mode = path.metadata().ok()?.permissions().mode();
    (mode & OTHERS_READ != 0).then(|| {
        Finding::warning(
            format!("everybody on this machine can read the password in `{}`", path.display()),
            format!("chmod 600 {}", path.display()),
        )
    })
}

/// Whether a line of the file sets a password, be it as part of an address.
fn holds_password(text: &str) -> bool {
    let is_set = |line: &str| {
        let Some((key, value)) = line.split_once('=') else { return false };
        let value = value.trim().trim_matches(['"', '\'']);
        match key.trim() {
            "password" | "secret" => !value.is_empty(),
            "url" => {
                let user = value.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@'));
                user.is_some_and(|(user, _)| user.contains(':'))
            }
            _ => false,
        }
    };
    text.lines().map(str::trim).filter(|line| !line.starts_with('#')).any(is_set)
}

/// The certificate that the server shows.
pub(super) fn certificate(server: &ServerSettings, is_wrong: bool) -> Vec<Finding> {
    let Some(files) = &server.certificate else {
        return vec![if is_wrong {
            Finding::not_checked(Check::Configuration, "a setting of the server is wrong")
        } else if server.listen.ip().is_loopback() {
            Finding::ok("none: plain HTTP, for this machine only")
        } else {
            Finding::warning(
                format!(
                    "none, and the server listens on {}: keys and resumes pass in the clear",
                    server.listen
                ),
                "set `server.certificate` and `server.certificate-key`, or have a proxy in front do TLS",
            )
        }];
    };
    let validity = match files.read().and_then(|_| files.validity()) {
        Ok(validity) => validity,
        Err(error) => {
            let seen = told(&error);
            return vec![Finding::trouble(seen, "give a certificate and its own key, both as PEM")];
        }
    };
    let (now, path) = (Timestamp::now(), files.chain.display());
    let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
    vec![if validity.until <= now {
        Finding::trouble(
            format!("`{path}` expired on {}: clients refuse the connection", day(validity.until)),
            "renew it; a server that runs takes it up within a minute",
        )
    } else if now < validity.from {
        Finding::trouble(
            format!("`{path}` counts from {} on: clients refuse the connection", day(validity.from)),
            "look at the clock of this machine, or wait",
        )
    } else if validity.until.duration_since(now) < RENEWAL {
        Finding::warning(
            format!("`{path}` expires on {}", day(validity.until)),
            "renew it; a server that runs takes it up within a minute",
        )
    } else {
        Finding::ok(format!("`{path}` fits its key and counts until {}", day(validity.until)))
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_seen_where_it_stands() {
        for (text, expected) in [
            ("[queue]\nurl = \"amqp://user@host/%2f\"\n", false),
            ("[queue]\nurl = \"amqp://user:pass@host/%2f\"\n", true),
            ("[store]\npassword = \"pass\"\n", true),
            ("[store]\n# password = \"pass\"\npassword = \"\"\n", false),
            ("[store]\npassword-file = \"/a\"\n", false),
        ] {
            assert_eq!(holds_password(text), expected, "{text}");
        }
    }
}
