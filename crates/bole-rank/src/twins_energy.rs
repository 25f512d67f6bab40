//! Sentences of energy storage in both languages that show the same concepts, and sentences of other trades that hold
//! the letters of its forms and show none.

use std::collections::BTreeSet;

use bole_core::{ConceptId, SectionKind};

use crate::collect;
use crate::shipped::lexicon;
use crate::sketch::Sketch;

/// The concepts that count in `text`, standing in a job, by id.
fn shown(text: &str) -> BTreeSet<ConceptId> {
    let reading = Sketch::default().section(SectionKind::Work, text).reading();
    let mentions = collect(&reading, lexicon()).mentions;
    let counted = mentions.into_iter().filter(|mention| mention.status.is_counted());
    counted.map(|mention| mention.concept).collect()
}

/// A Chinese sentence, its translation, and the concepts that each shows.
const TWINS: &[(&str, &str, &str)] = &[
    (
        "负责硫化物全固态电池研发，优化固态电解质的离子电导率",
        "Developed sulfide all-solid-state batteries and improved the ionic conductivity of solid electrolytes",
        "ionic-conductivity solid-electrolyte sulfide-electrolyte",
    ),
    (
        "研究石榴石型固态电解质与锂金属负极的界面阻抗",
        "Studied the interfacial impedance between garnet-type solid electrolytes and lithium metal anodes",
        "battery-interface lithium-metal-anode oxide-electrolyte",
    ),
    (
        "制备卤化物电解质和聚合物电解质，组装软包电池",
        "Prepared halide electrolytes and polymer electrolytes and assembled pouch cells",
        "halide-electrolyte polymer-electrolyte pouch-cell",
    ),
    (
        "钠离子电池层状氧化物正极与硬碳负极的开发",
        "Development of layered oxide cathodes and hard carbon anodes for sodium-ion batteries",
        "hard-carbon layered-oxide sodium-ion-battery",
    ),
    (
        "镁电池电解液与镁硫电池研究",
        "Research on magnesium battery electrolytes and magnesium-sulfur batteries",
        "magnesium-battery-material magnesium-sulfur-battery",
    ),
    (
        "锂硫电池中多硫化物的穿梭效应",
        "The shuttle effect of polysulfides in lithium-sulphur batteries",
        "lithium-sulfur-battery polysulfide",
    ),
    (
        "主持全钒液流电池与铁铬液流电池示范项目",
        "Led demonstrations of vanadium redox flow batteries and iron-chromium flow batteries",
        "iron-flow-battery vanadium-flow-battery",
    ),
    (
        "锌空气电池与锂空气电池的电催化剂",
        "Electrocatalysts for zinc-air batteries and lithium-air batteries",
        "electrocatalysis lithium-air-battery zinc-air-battery",
    ),
    (
        "三元前驱体共沉淀法合成，单晶高镍正极量产",
        "Synthesis of ternary precursors by co-precipitation, volume production of single-crystal high-nickel cathodes",
        "cathode-precursor materials-synthesis single-crystal-cathode ternary-material",
    ),
    (
        "磷酸锰铁锂和富锂锰基正极材料",
        "Lithium manganese iron phosphate and lithium-rich manganese-based cathode materials",
        "cathode-material lithium-manganese-iron-phosphate lithium-rich-cathode",
    ),
    (
        "硅碳负极、预锂化与粘结剂",
        "Silicon-carbon anodes, prelithiation and binders",
        "electrode-binder prelithiation silicon-anode",
    ),
    (
        "六氟磷酸锂与电解液添加剂对固体电解质界面的影响",
        "Effect of lithium hexafluorophosphate and electrolyte additives on the solid electrolyte interphase",
        "electrolyte lithium-salt solid-electrolyte-interphase",
    ),
    (
        "用循环伏安法和电化学阻抗谱进行电化学表征",
        "Electrochemical characterization by cyclic voltammetry and electrochemical impedance spectroscopy",
        "electrochemical-testing impedance-spectroscopy",
    ),
    (
        "使用扫描电镜、X射线衍射和拉曼光谱进行材料表征",
        "Materials characterisation with scanning electron microscopy, X-ray diffraction and Raman spectroscopy",
        "materials-characterisation spectroscopic-analysis",
    ),
    (
        "第一性原理与分子动力学计算，机器学习势函数",
        "First-principles and molecular dynamics calculations, machine learning potentials",
        "first-principles materials-informatics molecular-dynamics",
    ),
    (
        "极片涂布、辊压与极片分切工艺，良率提升",
        "Electrode coating, calendering and electrode slitting processes, higher yield",
        "calendering electrode-coating slitting-notching",
    ),
    (
        "圆柱电芯卷绕工艺、注液工艺与化成分容",
        "Cylindrical cells: cell winding, electrolyte filling, formation and grading",
        "cylindrical-cell electrolyte-filling formation-grading winding-stacking",
    ),
    (
        "干法电极中试线，锂电设备选型",
        "Pilot line for dry electrode coating, selection of lithium battery equipment",
        "battery-equipment dry-electrode trial-run",
    ),
    (
        "电池包结构设计，电池托盘减重，CTP技术",
        "Battery pack structural design, lighter battery trays, cell-to-pack",
        "cell-to-pack pack-structure",
    ),
    (
        "负责电池管理系统的SOC估算、SOH估算与主动均衡",
        "Responsible for SOC estimation, SOH estimation and active balancing in the battery management system",
        "battery-management-system cell-balancing state-of-charge state-of-health",
    ),
    (
        "建立电化学模型和等效电路模型，预测容量衰减",
        "Built electrochemical models and equivalent circuit models to predict capacity fade",
        "battery-ageing electrochemical-model equivalent-circuit-model",
    ),
    (
        "热失控仿真与热蔓延防护，加速量热仪试验",
        "Thermal runaway simulation, protection against thermal propagation, tests by accelerating rate calorimetry",
        "adiabatic-calorimeter battery-thermal-simulation thermal-runaway",
    ),
    (
        "电池液冷系统设计与电池热仿真",
        "Design of battery liquid cooling, battery thermal simulation",
        "battery-thermal-simulation liquid-cooling",
    ),
    (
        "储能系统通过UL 9540A、IEC 62619、GB/T 36276与UN38.3认证",
        "The energy storage system passed UL9540A, IEC62619, GB/T36276 and UN 38.3 certification",
        "chinese-battery-standards energy-storage iec-battery-standards transport-test-standard ul-battery-standards",
    ),
    (
        "储能消防方案：全氟己酮，电池火灾预警",
        "Energy storage fire protection with perfluorohexanone, warning of battery fires",
        "storage-fire-safety",
    ),
    (
        "退役动力电池梯次利用与正极再生",
        "Cascade utilization of retired traction batteries and cathode regeneration",
        "direct-recycling second-life-battery",
    ),
    (
        "电池黑粉湿法回收，提锂工艺",
        "Hydrometallurgical recycling of black mass, lithium extraction",
        "battery-metallurgy lithium-resource",
    ),
    (
        "镁基固态储氢与储氢合金的吸放氢动力学",
        "Magnesium-based solid-state hydrogen storage, hydrogen absorption and desorption kinetics of hydrogen storage alloys",
        "hydrogen-sorption magnesium-hydrogen-storage metal-hydride",
    ),
    (
        "IV型瓶高压储氢与液氢储罐",
        "High-pressure hydrogen storage in type IV cylinders and liquid hydrogen tanks",
        "high-pressure-hydrogen liquid-hydrogen",
    ),
    (
        "加氢站设计与隔膜压缩机选型，氢气泄漏监测",
        "Design of hydrogen refuelling stations, selection of diaphragm compressors, hydrogen leak detection",
        "hydrogen-compressor hydrogen-refuelling hydrogen-safety",
    ),
    (
        "碱性电解槽、PEM电解槽与固体氧化物电解池",
        "Alkaline electrolysers, PEM electrolyzers and solid oxide electrolysis cells",
        "alkaline-electrolysis pem-electrolysis solid-oxide-electrolysis",
    ),
    (
        "可再生能源制氢，绿氨与掺氢",
        "Hydrogen production from renewable energy, green ammonia and hydrogen blending",
        "ammonia-energy green-hydrogen hydrogen-transport",
    ),
    (
        "质子交换膜燃料电池的膜电极与双极板",
        "Membrane electrode assemblies and bipolar plates of proton exchange membrane fuel cells",
        "fuel-cell-stack membrane-electrode-assembly proton-exchange-membrane-fuel-cell",
    ),
    (
        "熔盐储热、相变材料与卡诺电池",
        "Molten-salt storage, phase change materials and Carnot batteries",
        "carnot-battery molten-salt phase-change-material",
    ),
    (
        "飞轮储能、压缩空气储能与抽水蓄能的技术比较",
        "Comparison of flywheel energy storage, compressed air energy storage and pumped hydro",
        "compressed-air-storage flywheel-storage pumped-hydro",
    ),
    (
        "超导磁储能用高温超导带材",
        "Superconducting tapes and high-temperature superconductors for superconducting magnetic energy storage",
        "superconducting-storage superconductor",
    ),
    (
        "工商业储能项目开发，测算峰谷套利与度电成本",
        "Commercial and industrial energy storage project development, peak-valley arbitrage and levelised cost of energy",
        "energy-storage-project peak-shaving storage-economics user-side-storage",
    ),
    (
        "独立储能电站参与一次调频和电力现货市场",
        "Standalone energy storage in primary frequency regulation and the electricity spot market",
        "electricity-market frequency-regulation independent-storage",
    ),
    (
        "构网型储能变流器与虚拟同步机控制",
        "Grid-forming control of power conversion systems, virtual synchronous generators",
        "grid-forming power-conversion-system virtual-synchronous-generator",
    ),
    (
        "三电平拓扑、碳化硅MOSFET与双向DC/DC设计",
        "Three-level topologies, silicon carbide MOSFETs and bidirectional DC/DC design",
        "converter-topology dc-dc-converter wide-bandgap",
    ),
    (
        "微电网能量管理系统，虚拟电厂与需求响应",
        "Energy management systems of microgrids, virtual power plants and demand response",
        "demand-response energy-management-system microgrid virtual-power-plant",
    ),
    (
        "分布式光伏、海上风电与光热发电",
        "Rooftop PV, offshore wind and concentrated solar power",
        "concentrated-solar-power distributed-photovoltaics offshore-wind",
    ),
    (
        "充电桩、换电站与车网互动",
        "Charging piles, battery swap stations and vehicle-to-grid",
        "battery-swapping ev-charging vehicle-to-grid",
    ),
    (
        "储能集装箱现场交付，储能调试与储能运维",
        "Delivery of battery containers on site, energy storage commissioning, energy storage O&M",
        "containerised-storage storage-commissioning storage-operation",
    ),
    ("固态电池研发工程师", "Solid-state battery R&D engineer", "solid-state-battery-researcher"),
    ("储能项目经理", "Energy storage project manager", "energy-storage-project-manager"),
    ("电池博士后", "Battery postdoctoral researcher", "battery-postdoc"),
    ("储能科学与工程专业", "Major: energy storage science and engineering", "energy-storage-science"),
    (
        "宁德时代，阳光电源，亿华通",
        "CATL, Sungrow, SinoHytec",
        "battery-maker hydrogen-company storage-integrator",
    ),
    (
        "电芯老化与磷酸铁锂电芯温差",
        "Cell ageing and temperature spread of lithium iron phosphate cells",
        "battery-ageing battery-cell lithium-iron-phosphate",
    ),
    (
        "从集中式储能电站到储能产品线，转入储能行业",
        "From central storage stations to the storage product line, moved into energy storage",
        "energy-storage grid-energy-storage storage-product",
    ),
    (
        "电池舱灭火，储能电池簇更换",
        "Fire fighting in battery containers, replacement of battery storage clusters",
        "battery-pack containerised-storage",
    ),
    (
        "质子交换膜水电解槽的阳极催化剂",
        "Anode catalysts of proton exchange membrane electrolysers",
        "electrocatalysis pem-electrolysis",
    ),
    (
        "氢燃料电池电堆，监测硫化氢",
        "Hydrogen fuel cell stacks, monitoring of hydrogen sulfide",
        "fuel-cell-stack hydrogen-compound",
    ),
    (
        "虚拟电厂的日前市场与日前调度，分析弃风率",
        "Day-ahead market and day-ahead scheduling of a virtual power plant, analysis of wind curtailment",
        "dispatch-optimisation electricity-market virtual-power-plant wind-power",
    ),
    (
        "锂离子电池安全要求，热滥用试验",
        "Safety requirements for lithium-ion batteries, thermal abuse tests",
        "abuse-testing battery-safety",
    ),
    (
        "碱性电解槽隔膜的面电阻，管束车检验",
        "Area resistance of alkaline electrolyser diaphragms, inspection of tube trailers",
        "alkaline-electrolysis hydrogen-transport",
    ),
    (
        "塔式光热电站与煤电，太阳能学报",
        "Solar tower plants and coal power, Acta Energiae Solaris Sinica",
        "concentrated-solar-power power-plant renewable-energy",
    ),
    (
        "电化学工作站、手套箱与充放电测试仪",
        "Electrochemical workstation, glovebox and battery cycler",
        "battery-cycler electrochemical-workstation glove-box",
    ),
];

#[test]
fn a_translation_shows_the_same() {
    for (chinese, english, concepts) in TWINS {
        let expected: BTreeSet<ConceptId> =
            concepts.split(' ').map(|concept| ConceptId(concept.to_owned())).collect();
        assert_eq!(shown(chinese), expected, "{chinese}");
        assert_eq!(shown(english), expected, "{english}");
    }
}

/// Each holds what might be taken for a form: 化成 in 优化成本, `SMES` in `SMEs`.
const OTHER_TRADES: &[&str] = &[
    "优化成本结构，转化成果显著",
    "部分容量规划，部分容器部署",
    "提升数据存储能力与仓储能力，降低存储能耗",
    "负责更换电脑、更换电机与变换电路",
    "零售电商运营与销售电话回访",
    "拓展客户储备，维护储户关系",
    "建设全国网络，覆盖中国网点",
    "脱离网络环境，配置隔离网关",
    "优化访问界面，不必维护旧版本",
    "护理：更换心电图电极片，纠正电解质紊乱",
    "对比能量消耗，真实脱氨能力",
    "架构网络与微网站开发",
    "针刺治疗与推拿",
    "催化加氢工艺，催化加氢裂化",
    "调频广播节目主持",
    "新闻工作者，特来电话采访",
    "Loans for SMEs and start-ups",
    "Expected CTC: 12 lakhs",
    "Battery commander of a field artillery battery",
    "College of Agricultural and Environmental Sciences (CAES)",
    "Full-stack development, three-level approval",
    "T cell development and stem cell manufacturing",
    "Gave the team new energy",
    "Monitored electrolytes and hydrogen peroxide sterilisation",
    "Measured the frequency response of loudspeakers",
    "Shared code in lib folders, Boston College (BC), nib and sib",
    "Western blot with PVDF membranes, PCR",
    "Built a distribution network of dealers",
    "Managed calenders of two directors",
    "征求客户用车意见，放弃风险业务",
    "Canoe tours and flywheel classes",
    "Cell culture, cloud storage, coating line for paper",
];

#[test]
fn other_trades_show_nothing() {
    let lexicon = lexicon();
    for text in OTHER_TRADES {
        let mut shown = shown(text);
        shown.retain(|id| {
            lexicon.concept(id).is_some_and(|concept| concept.field.0 == "energy-storage" && !concept.general)
        });
        assert!(shown.is_empty(), "{text}: {shown:?}");
    }
}

#[test]
fn words_of_other_trades_count_in_company() {
    let cases = [
        ("电芯厂：化成分容、叠片、辊压", "battery-cell calendering formation-grading winding-stacking"),
        ("SMES for lithium batteries", "lithium-ion-battery superconducting-storage"),
        ("LIB and NIB: lithium-ion batteries", "lithium-ion-battery sodium-ion-battery"),
        (
            "Storage clusters and cells of batteries made of lithium cells",
            "battery battery-cell battery-pack",
        ),
        (
            "Load cells, stem cells and cloud storage beside lithium batteries",
            "lithium-ion-battery other-cell other-storage",
        ),
        ("Battery packs by CTP", "battery-pack cell-to-pack"),
        ("Frequency response of an energy storage plant", "frequency-regulation grid-energy-storage"),
    ];
    for (text, concepts) in cases {
        let expected: BTreeSet<ConceptId> =
            concepts.split(' ').map(|concept| ConceptId(concept.to_owned())).collect();
        assert_eq!(shown(text), expected, "{text}");
    }
}
