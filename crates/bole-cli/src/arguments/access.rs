use std::str::FromStr;

use bole_core::{ContentHash, KeyId, Portal};
use bole_engine::AuditHead;
use clap::{Args, Subcommand, ValueEnum};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Make a key and print it, this once: only its hash is kept
    Create(KeyCreate),
    /// List the keys, without their secrets
    List(Output),
    /// Take a key back: it opens nothing any more
    Revoke {
        /// The 16 hex digits between the two `_` of the key
        #[arg(value_name = "ID")]
        id: KeyId,
    },
}

#[derive(Debug, Args)]
pub(crate) struct KeyCreate {
    /// What it allows
    #[arg(long)]
    pub(crate) role: RoleName,
    /// Who gets it, for people
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// The portal whose submissions it is for, with --role portal
    #[arg(long, value_name = "PORTAL", required_if_eq("role", "portal"))]
    pub(crate) portal: Option<Portal>,
    /// A field that it may see, with --role recruiter; give it several times for several [default: all]
    #[arg(long = "field", value_name = "FIELD")]
    pub(crate) fields: Vec<String>,
    /// Until when it opens: so many days, a date (its first moment in UTC), or never
    #[arg(long, value_name = "90d|YYYY-MM-DD|never", default_value = "365d")]
    pub(crate) expires: Expiry,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleName {
    Portal,
    Recruiter,
    Ops,
    Admin,
}

/// When a key ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expiry {
    Days(i64),
    At(Timestamp),
    Never,
}

impl Expiry {
    pub(crate) fn at(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Days(days) => now.checked_add(SignedDuration::from_hours(24 * days)).ok(),
            Self::At(end) => Some(end),
            Self::Never => None,
        }
    }
}

impl FromStr for Expiry {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const MAX_DAYS: i64 = 36_500;
        let days = || {
            let days = text.strip_suffix('d')?.trim().parse().ok()?;
            (1..=MAX_DAYS).contains(&days).then_some(Self::Days(days))
        };
        let date = || {
            let date: jiff::civil::Date = text.parse().ok().filter(|_| text.len() == 10)?;
            Some(Self::At(date.to_zoned(TimeZone::UTC).ok()?.timestamp()))
        };
        if text == "never" {
            return Ok(Self::Never);
        }
        days()
            .or_else(date)
            .ok_or_else(|| "use days such as 90d, a date such as 2027-11-21, or never".to_owned())
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Show who did what, the newest first
    List {
        /// About this resume only
        #[arg(long)]
        resume: Option<String>,
        /// How many
        #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
        last: u32,
        #[command(flatten)]
        output: Output,
    },
    /// Check that the log is what was written, and print its head, to be noted somewhere else
    Verify {
        /// A head that was noted before: without one, a log that was cut off or written anew passes
        #[arg(long, value_name = "NUMBER:HASH", value_parser = parse_head)]
        known: Option<AuditHead>,
        #[command(flatten)]
        output: Output,
    },
    /// Delete the personal text of entries, such as what was searched for; the entries stay, and the chain still holds
    Forget {
        /// Their numbers, as `bole audit list` shows them
        #[arg(required = true, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
        numbers: Vec<u64>,
    },
}

fn parse_head(text: &str) -> Result<AuditHead, String> {
    let head = text.split_once(':').and_then(|(number, hash)| {
        let number = number.parse().ok().filter(|number| *number > 0)?;
        Some(AuditHead { number, hash: hash.parse::<ContentHash>().ok()? })
    });
    head.ok_or_else(|| "use the head that `bole audit verify` prints, such as 17:64-HEX-DIGITS".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_ends_when_it_is_told_to() {
        let now: Timestamp = "2026-11-21T10:00:00Z".parse().unwrap();
        let at = |text: &str| text.parse::<Expiry>().map(|expiry| expiry.at(now).map(|end| end.to_string()));
        assert_eq!(at("90d"), Ok(Some("2027-02-19T10:00:00Z".to_owned())));
        assert_eq!(at("2027-01-02"), Ok(Some("2027-01-02T00:00:00Z".to_owned())));
        assert_eq!(at("never"), Ok(None));
        for wrong in ["", "0d", "-1d", "90", "36501d", "2027-1-2", "2027-02-30", "soon"] {
            assert!(at(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_head_is_read_as_it_was_printed() {
        let hash = ContentHash::of(b"head");
        assert_eq!(parse_head(&format!("17:{hash}")), Ok(AuditHead { number: 17, hash }));
        for wrong in ["", "17", "17:", &format!("0:{hash}"), &format!(":{hash}"), "17:abc"] {
            assert!(parse_head(wrong).is_err(), "{wrong}");
        }
    }
}
