use super::*;

/// In `text`, `{…}` stands for a match that is denied and `<…>` for one that is not.
fn check(text: &str) {
    let mut plain = String::new();
    let (mut found, mut expected) = (Vec::new(), Vec::new());
    for scalar in text.chars() {
        match scalar {
            '{' | '<' => {
                found.push(Found { start: plain.len(), end: plain.len(), concept: 0, ambiguous: false });
                expected.push(scalar == '{');
            }
            '}' | '>' => {
                if let Some(last) = found.last_mut() {
                    last.end = plain.len();
                }
            }
            _ => plain.push(scalar),
        }
    }
    assert!(!found.is_empty(), "{text}");
    let denied = denied_ranges(&plain, &found);
    let is_denied = |found: &Found| denied.iter().any(|range| range.contains(&found.start));
    assert_eq!(found.iter().map(is_denied).collect::<Vec<_>>(), expected, "{text}: {denied:?}");
}

#[test]
fn chinese_denials_end_with_their_clause() {
    for text in [
        "不熟悉{固态电池}，熟悉<储能>",
        "没有{固态电池}研发经验。做过<储能>",
        "无{银行}或{基金}经验",
        "<无人机>飞行经验",
        "没有<固态电池>",
        "没有{适航}资质",
        "不持有{飞行执照}，熟悉<维修>",
        "未涉及{电池管理系统}",
        "从未从事过{银行}、{信贷}工作。",
        "不做{fpga}与{do 254}的设计,<硬件>由另一团队负责",
        "不会写{区块链}合约",
        "本人不懂{电池}工艺",
        "没有做过{电池}研发,也不懂{变流器}硬件设计",
        "未参与{并购}项目；主导<债券>承销",
        "没有{软包电池}和{电池管理系统}方面的经验",
        "目前尚无{电池}项目经验",
        "不是{合成孔径雷达}",
        "采用<磷酸铁锂>而非{三元}",
        "我的存储是数据存储,与{储能}无关",
        "没有{光通信}({激光链路})实验经验",
        "(目前尚无{电池}项目经验),<储能>",
        "不良率与<电池>管理",
        "三年无事故<飞行>经验",
        "<银行>账户未发现差错,<信贷>不限额度",
        "正极不使用<钴>",
        "<电池>未使用<钴>的路线",
        "没有经验也做过<储能>",
        "除<银行>外没有海外经验",
    ] {
        check(text);
    }
}

#[test]
fn chinese_denials_may_follow_what_they_deny() {
    for text in [
        "对{飞行控制}系统设计没有研究经历。",
        "熟悉<市场风险>;对{信用卡}业务没有接触过。",
        "先做<贷后>。对{投资银行}没有兴趣,也没有相关经历;<信贷>",
        "对{bms}软件只在课上了解过,没有实际开发经历。",
        "说明对{bms}软件只在课上了解过,没有实际开发经历。",
        "<核对>账目,没有经验",
        "<食品贸易>最熟,{建筑}行业没有做过",
        "{固态电池}、{燃料电池}均未接触过",
        "{固态电池},均无经验",
        "{固态电池}:无",
        "对<银行>业务很熟悉,没有海外经历",
        "对<化成>和<分容>工序接触不多",
        "<电池>做了三年但{证券}没做过",
        "应对未接触过的<信贷>业务",
    ] {
        check(text);
    }
}

#[test]
fn english_denials_end_with_their_clause() {
    for text in [
        "no experience in {batteries}, skilled in <banking>",
        "not familiar with {a}, {b} or {c}. familiar with <d>",
        "no {audit} experience but <tax>",
        "casino experience in <banking>",
        "no experience in {a}, {b} and {c}",
        "no experience in {a}, {b}, {c}, and {d}. e",
        "no experience in {a}, skilled in <b> and <c>",
        "hold no {airworthiness} certificate or {licence}.",
        "i have never worked on an {evtol} or {drone} programme; but <b>",
        "she has no {flight} experience",
        "is not certified in {banking}",
        "the threshold no longer matters for <banking>",
        "no research experience with {flight control} system design.",
        "i do not design {fpgas} or work to {do 254}; <hardware> is with another team",
        "does not write {blockchain} contracts.",
        "does not take {audit} work.",
        "has never done {battery} research or development",
        "i have never done {battery} research and know nothing of {converter} hardware",
        "rent only, knows nothing of {charging} technology",
        "no interest in {investment banking} and no experience of it",
        "search and rescue, never {synthetic aperture radar}; no skill in processing {remote sensing} images",
        "storage here means <data storage>, not {energy storage}; <b>",
        "used <lfp> rather than {ncm}",
        "no experience beyond <bookkeeping>",
        "no experience other than in <banking>",
        "i haven't worked with {java}",
        "did not take part in {audits}",
        "neither {lending} nor {audit}",
        "flew 3,900 hours of <control> without an incident, <safety>",
        "no loss of <credit>",
        "nothing overdue in <lending>",
        "never missed a <tax return>",
        "not only <batteries> but <fuel cells>",
        "a cathode that does not use <cobalt>",
        "no accidents during <battery> training",
        "without compromising <safety> of <flight> training",
        "on time, not limited to <futures>",
    ] {
        check(text);
    }
}

#[test]
fn english_denials_may_follow_what_they_deny() {
    for text in [
        "did <tests>. i know {bms} software from lectures only and have never developed any.",
        "{patent attorney} licence: none (does not file patents)",
        "{solid state batteries}: no experience\n<sodium ion>",
        "{fuel cells} (no experience), <electrolysers>",
        "{lending} i only read about and have no experience of it. <audit>",
        "<python> english: 548 points i know {bms} software from lectures only and have never developed any.",
        "<legal qualification> (2013) {patent attorney} licence: none",
        "planned 140 <outages>, none of them late",
    ] {
        check(text);
    }
}
