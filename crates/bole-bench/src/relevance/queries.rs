use std::collections::BTreeMap;

use bole_index::Query;

use super::error::RelevanceError;

/// What a good recruiter types who looks for the people of a field by words.
const QUERIES: [(&str, &str); 3] = [
    (
        "energy-storage",
        "储能 OR 电池 OR 锂电 OR 电芯 OR 固态电池 OR 钠离子 OR 液流 OR 氢能 OR 储氢 OR 燃料电池 OR 超导 OR 抽水蓄能 \
         OR 压缩空气 OR 储热 OR \"energy storage\" OR battery OR batteries OR lithium OR electrolyte OR BESS OR BMS \
         OR PCS OR EMS OR hydrogen OR \"fuel cell\" OR \"thermal storage\" OR \"pumped hydro\" OR superconducting",
    ),
    (
        "aerospace",
        "卫星 OR 火箭 OR 航天 OR 航空 OR 飞行器 OR 飞机 OR 无人机 OR 低空 OR 遥感 OR 飞控 OR 飞行员 OR 机务 OR 适航 \
         OR 签派 OR 气动 OR satellite OR spacecraft OR rocket OR aerospace OR aircraft OR aviation OR pilot OR flight \
         OR UAV OR drone OR eVTOL OR avionics OR \"remote sensing\" OR airworthiness OR FAA",
    ),
    (
        "finance",
        "银行 OR 会计 OR 审计 OR 财务 OR 基金 OR 证券 OR 风控 OR 信贷 OR 投资 OR 投行 OR 保险 OR 税务 OR bank \
         OR banking OR finance OR financial OR accounting OR accountant OR audit OR auditor OR CPA OR CFA \
         OR investment OR securities OR \"risk management\" OR credit OR loan OR tax OR reconciliation OR GAAP",
    ),
];

/// The query for a profile: the caller's, else ours.
pub(super) fn query_for(
    profile: &str,
    written: &BTreeMap<String, String>,
) -> Result<(String, Query), RelevanceError> {
    let ours = || QUERIES.iter().find(|(name, _)| *name == profile).map(|(_, query)| (*query).to_owned());
    let text = written.get(profile).cloned().or_else(ours);
    let text = text.ok_or_else(|| RelevanceError::NoQuery(profile.to_owned()))?;
    let query = Query::parse(&text);
    let query = query.map_err(|source| RelevanceError::Query { profile: profile.to_owned(), source })?;
    Ok((text, query))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_can_be_read() {
        for (profile, text) in QUERIES {
            assert!(query_for(profile, &BTreeMap::new()).is_ok(), "{profile}");
            assert!((20..=30).contains(&text.split(" OR ").count()), "{profile}");
        }
    }

    #[test]
    fn a_written_query_takes_the_place_of_ours() {
        let written = |text: &str| BTreeMap::from([("finance".to_owned(), text.to_owned())]);
        assert_eq!(query_for("finance", &written("会计")).unwrap().0, "会计");
        assert!(matches!(query_for("finance", &written("(")), Err(RelevanceError::Query { .. })));
        assert!(matches!(query_for("law", &written("会计")), Err(RelevanceError::NoQuery(_))));
    }
}
