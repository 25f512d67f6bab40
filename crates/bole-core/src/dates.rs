use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::AsOf;

/// A month, or a year if that is all that was written.
///
/// Serialized as `2018-09` or `2018`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct YearMonth {
    /// 1900 to 2199.
    pub year: u16,
    /// 1 to 12.
    pub month: Option<u8>,
}

impl PartialSchema for YearMonth {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.description(Some("a month, or a year where the month is not known"))
            .examples(["2018-09", "2018"])
            .into()
    }
}

impl ToSchema for YearMonth {}

/// From when to when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub struct DateRange {
    /// The first month.
    pub start: YearMonth,
    /// The last month, itself included.
    pub end: RangeEnd,
}

/// The end of a [`DateRange`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RangeEnd {
    /// Until this month.
    At(YearMonth),
    /// 至今, present: until the date that the resume speaks from.
    Present,
}

impl YearMonth {
    /// The month that is so many months after year 0.
    fn of_months(months: i32) -> Option<Self> {
        let year = u16::try_from(months.div_euclid(12)).ok()?;
        Some(Self { year, month: Some((months.rem_euclid(12) + 1) as u8) })
    }

    /// Months since year 0; a bare year counts from `default_month` (1 to 12).
    pub fn months(self, default_month: u8) -> i32 {
        i32::from(self.year) * 12 + i32::from(self.month.unwrap_or(default_month)) - 1
    }
}

impl DateRange {
    /// Whether it is still running at `as_of`, or ends later than its month (its year, if that is all that is known).
    pub fn ends_after(self, as_of: AsOf) -> bool {
        let (year, month) = (as_of.0.year().unsigned_abs(), as_of.0.month().unsigned_abs());
        match self.end {
            RangeEnd::Present => true,
            RangeEnd::At(YearMonth { year: end, month: None }) => end > year,
            RangeEnd::At(YearMonth { year: end, month: Some(ended) }) => (end, ended) > (year, month),
        }
    }

    /// What of this job counts beside full-time `studies`; none if nothing does.
    pub(crate) fn without_studies(self, studies: &[Self]) -> Option<Self> {
        let mut job = self;
        // Each study can move the start once.
        for _ in studies {
            let start = job.start.months(1);
            let within = |study: &&Self| {
                let (from, to) = (study.start.months(1), study.end_months());
                from < start && to.is_none_or(|to| start < to)
            };
            let Some(study) = studies.iter().find(within) else { break };
            // A study that goes on takes all that began within it.
            let after = study.end_months()?;
            if job.end_months().is_some_and(|end| end <= after) {
                return None;
            }
            job.start = YearMonth::of_months(after)?;
        }
        Some(job)
    }

    /// One past the last month since year 0; none if it goes on.
    fn end_months(self) -> Option<i32> {
        match self.end {
            RangeEnd::Present => None,
            RangeEnd::At(YearMonth { year, month: None }) if year == self.start.year => {
                Some(i32::from(year) * 12 + 12)
            }
            RangeEnd::At(YearMonth { year, month: None }) => Some(i32::from(year) * 12),
            RangeEnd::At(at) => Some(at.months(1) + 1),
        }
    }

    /// First month, and one past the last, as months since year 0, no later than `as_of`. A bare year starts in
    /// January when it begins a range; when it ends one, it ends before January, so that `2018 - 2020` is two years.
    pub fn half_open_months(self, as_of: AsOf) -> (i32, i32) {
        let now = i32::from(as_of.0.year()) * 12 + i32::from(as_of.0.month());
        let start = self.start.months(1);
        let end = self.end_months().map_or(now, |end| end.min(now));
        (start.min(end), end)
    }

    /// Months covered by `ranges` up to `as_of`, overlaps counted once; none if there is no range.
    pub fn months_covered(ranges: impl IntoIterator<Item = Self>, as_of: AsOf) -> Option<u32> {
        let mut intervals: Vec<_> = ranges.into_iter().map(|range| range.half_open_months(as_of)).collect();
        if intervals.is_empty() {
            return None;
        }
        intervals.sort_unstable();
        let mut covered = 0;
        let mut until = i32::MIN;
        for (start, end) in intervals {
            covered += (end - start.max(until)).max(0);
            until = until.max(end);
        }
        Some(covered.unsigned_abs())
    }
}

impl fmt::Display for YearMonth {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.month {
            Some(month) => write!(formatter, "{:04}-{month:02}", self.year),
            None => write!(formatter, "{:04}", self.year),
        }
    }
}

impl FromStr for YearMonth {
    type Err = String;

    /// From `2018-09` or `2018`; the error is the text that is neither.
    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || text.to_owned();
        let (year, month) = match text.split_once('-') {
            Some((year, month)) => (year, Some(month.parse().map_err(|_| bad())?)),
            None => (text, None),
        };
        let year = year.parse().map_err(|_| bad())?;
        let in_range = (1900..2200).contains(&year) && month.is_none_or(|month| (1..=12).contains(&month));
        if in_range { Ok(Self { year, month }) } else { Err(bad()) }
    }
}

impl TryFrom<String> for YearMonth {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<YearMonth> for String {
    fn from(value: YearMonth) -> Self {
        value.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start: &str, end: &str) -> DateRange {
        let end = if end == "now" { RangeEnd::Present } else { RangeEnd::At(end.parse().unwrap()) };
        DateRange { start: start.parse().unwrap(), end }
    }

    fn as_of() -> AsOf {
        AsOf(jiff::civil::date(2024, 6, 15))
    }

    #[test]
    fn overlapping_jobs_count_once() {
        let cases: [(&[DateRange], Option<u32>); 6] = [
            (&[], None),
            (&[range("2018-09", "2018-12")], Some(4)),
            (&[range("2018", "2020")], Some(24)),
            (&[range("2020", "2020")], Some(12)),
            (&[range("2020-01", "2021-12"), range("2021-01", "2022-12")], Some(36)),
            (&[range("2024-01", "now"), range("2030-01", "now")], Some(6)),
        ];
        for (ranges, expected) in cases {
            assert_eq!(DateRange::months_covered(ranges.iter().copied(), as_of()), expected, "{ranges:?}");
        }
    }

    #[test]
    fn year_months_round_trip() {
        for text in ["2018", "2018-09"] {
            assert_eq!(text.parse::<YearMonth>().unwrap().to_string(), text);
        }
        for bad in ["", "18", "2018-13", "2018-0", "x"] {
            assert!(bad.parse::<YearMonth>().is_err(), "{bad}");
        }
    }
}
