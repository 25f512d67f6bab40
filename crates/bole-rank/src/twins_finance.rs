//! Sentences of finance resumes in both languages: each pair must show the same concepts, or the forms of one language
//! were forgotten in the other.

use std::collections::BTreeSet;

use bole_core::SectionKind;

use crate::shipped::lexicon;
use crate::sketch::Sketch;

/// A Chinese sentence, its translation, and what both show.
const TWINS: [(&str, &str, &[&str]); 56] = [
    (
        "负责流动资金贷款与银团贷款的贷前调查和贷后管理。",
        "Ran pre-loan investigation and post-loan management for working capital loans and syndicated loans.",
        &["loan-underwriting", "post-loan-management", "syndicated-loan", "working-capital-loan"],
    ),
    (
        "办理信用证、银行保函、福费廷和国际保理。",
        "Handled letters of credit, bank guarantees, forfaiting and international factoring.",
        &["bank-guarantees", "factoring", "import-export-financing", "letters-of-credit"],
    ),
    (
        "维护对公客户经理团队，推广供应链金融和交易银行。",
        "Looked after the corporate relationship managers and promoted supply chain finance and transaction banking.",
        &["corporate-banker", "supply-chain-finance", "transaction-banking"],
    ),
    (
        "经办银行承兑汇票与票据贴现，买卖同业存单。",
        "Handled bank acceptance bills and bill discounting, and bought and sold interbank deposit certificates.",
        &["bills-of-exchange", "interbank-business"],
    ),
    (
        "测算净息差与久期缺口，优化内部资金转移定价。",
        "Calculated the net interest margin and the duration gap and improved funds transfer pricing.",
        &["alm", "funds-transfer-pricing"],
    ),
    (
        "搭建集团资金池，推进银企直连。",
        "Set up the group's cash pool and bank-enterprise direct connections.",
        &["cash-pooling"],
    ),
    (
        "研究货币政策传导与宏观审慎政策。",
        "Studied monetary policy transmission and macroprudential policy.",
        &["macroprudential", "monetary-policy"],
    ),
    (
        "推进跨境人民币结算与数字人民币试点。",
        "Promoted cross-border RMB settlement and the e-CNY pilot.",
        &["cross-border-payment", "digital-currency"],
    ),
    (
        "负责商户收单与资金清算。",
        "Responsible for merchant acquiring and fund clearing.",
        &["clearing-settlement", "merchant-acquiring"],
    ),
    (
        "开展绿色信贷，参与碳排放权交易与气候压力测试。",
        "Granted green credit and took part in carbon emissions trading and climate stress tests.",
        &["carbon-market", "climate-risk", "green-credit"],
    ),
    (
        "编制合并报表，处理内部往来和合并抵销。",
        "Prepared consolidated financial statements and handled intercompany transactions and eliminations of intercompany \
         accounts.",
        &["consolidation", "intercompany-accounting"],
    ),
    (
        "负责总账、应付账款、固定资产和月度结账。",
        "Responsible for the general ledger, accounts payable, fixed assets and monthly closing.",
        &["accounts-payable", "fixed-assets", "general-ledger", "month-end-close"],
    ),
    (
        "按标准成本法核算，分析存货跌价准备与商誉减值。",
        "Applied standard costing and analysed inventory write-downs and goodwill impairment.",
        &["asset-impairment", "inventory-accounting", "standard-costing"],
    ),
    (
        "建设财务共享中心，推动业财融合。",
        "Built the financial shared service centre and the integration of business and finance.",
        &["finance-business-integration", "financial-shared-services"],
    ),
    (
        "申报增值税与企业所得税，准备转让定价同期资料。",
        "Filed value-added tax and corporate income tax and prepared transfer pricing documentation.",
        &["corporate-income-tax", "transfer-pricing", "vat"],
    ),
    (
        "享受研发费用加计扣除，应对税务稽查。",
        "Claimed the R&D super deduction and answered a tax inspection.",
        &["tax-incentives", "tax-risk"],
    ),
    (
        "编写审计底稿，执行控制测试与穿行测试。",
        "Wrote audit workpapers and did control testing and walkthrough tests.",
        &["audit-procedures"],
    ),
    (
        "开展经济责任审计与信息系统审计。",
        "Carried out economic responsibility audits and information systems audits.",
        &["government-audit", "it-audit"],
    ),
    (
        "参与首次公开发行、重大资产重组和定向增发。",
        "Worked on an initial public offering, a major asset restructuring and a private placement.",
        &["follow-on-offering", "ipo", "restructuring"],
    ),
    (
        "承做公司债发行与资产支持票据。",
        "Worked on corporate bond issuance and asset-backed notes.",
        &["bond-underwriting", "securitisation"],
    ),
    (
        "按净现值和内部收益率评价项目，做可比公司分析。",
        "Judged projects by net present value and internal rate of return, with a comparable company analysis.",
        &["capital-budgeting", "valuation"],
    ),
    (
        "管理私募股权基金的基金募集、投后管理与项目投资。",
        "Ran fund formation, post-investment management and project investment of a private equity fund.",
        &["fund-formation", "investment", "post-investment", "private-equity"],
    ),
    (
        "负责基金估值、份额登记与基金托管。",
        "Responsible for fund valuation, share registration and fund custody.",
        &["custody", "fund-operations", "fund-valuation"],
    ),
    (
        "管理母基金与政府引导基金。",
        "Managed a fund of funds and a government guidance fund.",
        &["fund-of-funds", "guidance-fund"],
    ),
    (
        "跟踪公募REITs、指数基金与可转债。",
        "Followed public REITs, index funds and convertible bonds.",
        &["convertible-bonds", "index-funds", "reits"],
    ),
    (
        "为高净值客户做资产配置、家族信托和养老规划。",
        "Did asset allocation, family trusts and retirement planning for high-net-worth clients.",
        &["asset-allocation", "family-office", "retirement-planning", "wealth-management"],
    ),
    (
        "撰写行业研究报告，做宏观研究与固收研究。",
        "Wrote industry research reports and did macro research and fixed income research.",
        &["fixed-income-research", "industry-research", "macro-research"],
    ),
    (
        "研究收益率曲线、信用利差与国债。",
        "Studied the yield curve, credit spreads and government bonds.",
        &["credit-bonds", "government-bonds", "yield-curve"],
    ),
    (
        "开发多因子模型与高频交易策略，搭建回测框架。",
        "Developed multi-factor models and high-frequency trading strategies, and built the backtesting framework.",
        &["backtesting", "factor-investing", "high-frequency-trading"],
    ),
    (
        "用随机波动率模型做期权定价，管理利率互换。",
        "Did option pricing with stochastic volatility models and managed interest rate swaps.",
        &["derivatives-pricing", "swaps"],
    ),
    (
        "用股指期货、商品期货做风险对冲。",
        "Used stock index futures and commodity futures for risk hedging.",
        &["commodities", "futures", "hedging"],
    ),
    (
        "设计结构化产品和收益凭证。",
        "Designed structured products and income certificates.",
        &["structured-products"],
    ),
    (
        "从事车险理赔、再保险与准备金评估。",
        "Worked in claims handling for motor insurance, reinsurance and reserve valuation.",
        &["actuarial-reserving", "insurance-claims", "property-insurance", "reinsurance"],
    ),
    (
        "建设内部评级体系，验证违约概率和预期信用损失。",
        "Built the internal rating system and checked the probability of default and expected credit losses.",
        &["internal-rating", "provisioning"],
    ),
    (
        "计量风险价值、经济资本和流动性覆盖率。",
        "Measured value at risk, economic capital and the liquidity coverage ratio.",
        &["economic-capital", "liquidity-risk", "value-at-risk"],
    ),
    (
        "开发申请评分卡，接入个人征信。",
        "Developed application scorecards and connected personal credit reporting.",
        &["credit-reporting", "scorecard"],
    ),
    (
        "负责反洗钱、名单筛查与可疑交易报告。",
        "Responsible for anti-money laundering, watchlist screening and suspicious transaction reports.",
        &["aml", "sanctions", "suspicious-transactions"],
    ),
    (
        "完成1104报表和监管数据报送，落实投资者适当性。",
        "Delivered the 1104 reports and regulatory data submission and saw to investor suitability.",
        &["investor-protection", "regulatory-reporting"],
    ),
    (
        "搭建反欺诈模型与风控模型，处置不良资产。",
        "Built anti-fraud models and risk control models and disposed of non-performing assets.",
        &["data-driven-risk", "fraud", "npl"],
    ),
    (
        "基于联盟链与智能合约开发开放银行平台。",
        "Developed an open banking platform on a consortium blockchain with smart contracts.",
        &["consortium-blockchain", "open-banking", "smart-contracts"],
    ),
    (
        "运用面板数据与双重差分研究融资约束。",
        "Studied financing constraints with panel data and difference-in-differences.",
        &["corporate-finance-research", "econometrics"],
    ),
    (
        "数据来自万得、国泰安数据库和彭博终端。",
        "Data came from the Wind financial terminal, the CSMAR database and a Bloomberg terminal.",
        &["bloomberg-terminal", "research-databases", "wind-terminal"],
    ),
    (
        "使用用友、SAP财务模块和预算管理系统。",
        "Used Yonyou, the SAP finance module and the budget management system.",
        &["planning-software", "sap-finance", "yonyou-kingdee"],
    ),
    (
        "首席风险官领导下的风险建模师与反洗钱专员。",
        "Risk modeller and AML specialist under the chief risk officer.",
        &["aml-specialist", "chief-risk-officer", "risk-modeller"],
    ),
    (
        "曾任基金经理助理、债券交易员和行业研究员。",
        "Formerly assistant fund manager, bond trader and industry researcher.",
        &["fund-manager", "money-market-dealer", "securities-analyst"],
    ),
    (
        "持有基金从业资格、期货从业资格和银行从业资格。",
        "Holds the fund qualification, the futures qualification and the banking qualification.",
        &["banking-licence", "fund-licence", "futures-licence"],
    ),
    ("评估金融资产与金融资源。", "Assessed financial assets and financial resources.", &["finance"]),
    (
        "主修金融工程、国际经济与贸易和精算学。",
        "Majored in financial engineering, international economics and trade, and actuarial science.",
        &["actuarial-science", "financial-engineering", "international-trade"],
    ),
    (
        "向人民银行和证监会报告，与上海证券交易所沟通。",
        "Reported to the People's Bank of China and the CSRC and talked to the Shanghai Stock Exchange.",
        &["exchange-and-clearing", "financial-regulator"],
    ),
    (
        "在财经大学主修金融学，辅修会计学。",
        "Majored in finance at a university of finance and economics, second subject accounting.",
        &["accounting", "finance"],
    ),
    (
        "任总账会计与成本会计，兼应付会计。",
        "General ledger accountant and cost accountant, also accounts payable clerk.",
        &["accountant", "accounting-clerk", "cost-accountant"],
    ),
    (
        "发放对公贷款，办理对公开户，担任银团代理行。",
        "Granted corporate loans, handled corporate account openings and was agent bank of syndicated loans.",
        &["corporate-banking", "interbank-business", "syndicated-loan"],
    ),
    (
        "应收账款池融资，以股权质押和抵押物增信。",
        "Receivables pool financing, backed by a pledge of shares and by collateral.",
        &["collateral", "factoring"],
    ),
    (
        "起草募集说明书，计算债券组合的基点价值。",
        "Drafted the offering circular and computed the basis point value of the bond portfolio.",
        &["bond-underwriting", "fixed-income", "yield-curve"],
    ),
    (
        "为资产负债管理委员会核对汇率和外汇远期。",
        "Checked foreign exchange rates and currency forwards for the asset and liability committee.",
        &["alm", "foreign-exchange"],
    ),
    (
        "税务师，曾任税务代理和反洗钱负责人。",
        "Tax agent, formerly in tax agency and head of AML.",
        &["aml-specialist", "tax-agent", "tax-professional"],
    ),
];

/// What reads like finance and is not.
const STRANGERS: [&str; 20] = [
    "长期权益与短期权重",
    "雷达特征信号提取与特征信息",
    "进行长期跟踪",
    "机舱室内控制",
    "建立信息系统",
    "确保函数正确",
    "暖风控制与新风控制",
    "外套保暖，配套利用",
    "更换保险丝与保险杠",
    "返回测试与质量化验",
    "配套保障与稳定增长",
    "制备出纳米颗粒，光伏发电汇集站",
    "2021年3月结题，针对公司内审核物资管理",
    "专注会员运营，采用友盟统计",
    "误差的预估值与评估值",
    "power budget and seed bank",
    "财经大学与政法大学的金融学院",
    "university of finance and economics, law school",
    "sole traders and VDA 6.3 process auditors",
    "个体户与体系审核员",
];

#[test]
fn a_sentence_and_its_translation_show_the_same() {
    let wrong: Vec<String> = TWINS
        .iter()
        .flat_map(|(chinese, english, expected)| [(chinese, expected), (english, expected)])
        .filter_map(|(text, expected)| {
            let shown = of_finance(text);
            let expected: BTreeSet<String> = expected.iter().map(|id| (*id).to_owned()).collect();
            (shown != expected).then(|| format!("{text}\n  expected {expected:?}\n  shown    {shown:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_holds_the_characters_of_a_form_by_chance_shows_nothing() {
    for text in STRANGERS {
        assert!(of_finance(text).is_empty(), "{text}: {:?}", of_finance(text));
    }
}

/// The concepts of finance that `text` counts for, standing in a job.
fn of_finance(text: &str) -> BTreeSet<String> {
    let lexicon = lexicon();
    let evidence = Sketch::default().section(SectionKind::Work, text).evidence(lexicon);
    let counted = evidence.mentions.iter().filter(|mention| mention.status.is_counted());
    let concepts = counted.filter_map(|mention| lexicon.concept(&mention.concept));
    let own = concepts.filter(|concept| concept.field.0 == "finance" && !concept.general);
    own.map(|concept| concept.id.0.clone()).collect()
}
