//! What people were ranked by, or whose list they are on.

use std::collections::BTreeMap;

use bole_core::Shortlist;

use super::cell::Cell;
use crate::MatchReport;

/// A line: what it tells in English and in Chinese, of what, and the value.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) value: Cell,
}

fn line(name_en: &str, name_zh: &str, value: Cell) -> Line {
    Line { name: format!("{name_en} {name_zh}"), value }
}

pub(super) fn of_match(report: &MatchReport) -> Vec<Line> {
    let MatchReport { census, .. } = report;
    let mut lines = vec![
        line("Run", "运行", Cell::text(&report.run)),
        line("Profile", "岗位画像", Cell::text(&report.profile)),
        line("Hash of the profile", "画像哈希", Cell::text(report.profile_hash.to_string())),
        line("Hash of the lexicon", "词典哈希", Cell::text(report.lexicon.to_string())),
        line("Hash of the levels", "层次规则哈希", Cell::text(report.levels.to_string())),
        line("Version of the formula", "评分公式版本", Cell::Count(report.scoring_version.into())),
        line("Change log read to", "变更日志位置", Cell::text(report.position.to_string())),
    ];
    lines.extend(
        report.filters.iter().map(|filter| line("Only who is found by", "筛选条件", Cell::text(filter))),
    );
    // The newest date that a resume on this sheet speaks from: the file knows no clock.
    if let Some(newest) = report.results.iter().map(|placed| placed.as_of).max() {
        lines.push(line("Newest date of a resume here", "最新简历日期", Cell::text(newest.to_string())));
    }
    lines.push(line("People", "总人数", Cell::Count(census.people)));
    lines.push(line("Ranked", "参与排序", Cell::Count(census.ranked)));
    let mut by = |name_en: &str, name_zh: &str, counts: BTreeMap<String, u64>| {
        for (what, count) in counts {
            lines.push(Line { name: format!("{name_en} {name_zh}: {what}"), value: Cell::Count(count) });
        }
    };
    by("Filtered out", "被筛除", census.filtered_out.clone());
    by("Gate failed", "不满足门槛", census.gate_failed.clone());
    by("Unreadable", "无法读取", census.unreadable.iter().map(|(why, n)| (why.to_string(), *n)).collect());
    by("Ranked though not known", "门槛未知但参与排序", census.gate_unknown.clone());
    lines.push(line(
        "Older resumes of the same people",
        "同一人的旧简历",
        Cell::Count(census.older_versions),
    ));
    lines
}

pub(super) fn of_shortlist(list: &Shortlist) -> Vec<Line> {
    vec![
        line("Shortlist", "候选名单", Cell::text(&list.name)),
        line("Id", "编号", Cell::text(list.id.to_string())),
        line("Profile", "岗位画像", Cell::text(&list.profile)),
        line("Field", "领域", Cell::text(&list.field.0)),
        line("Made by", "创建人", Cell::text(&list.by)),
        line("Made at", "创建时间", Cell::text(list.created_at.to_string())),
    ]
}
