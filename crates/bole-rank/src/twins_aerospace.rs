//! Lines of aerospace resumes in Chinese and in English that must show the same concepts.

use std::collections::BTreeSet;

use bole_core::SectionKind;

use crate::collect;
use crate::shipped::lexicon;
use crate::sketch::Sketch;

const TWINS: [(&str, &str); 115] = [
    // Satellites.
    (
        "负责低轨星座星间激光链路的链路预算",
        "Link budgets for laser inter-satellite links of a LEO constellation",
    ),
    ("卫星互联网载荷与相控阵天线研制", "Developed satellite internet payloads and phased array antennas"),
    (
        "星务软件与星载计算机调试，卫星测运控",
        "Satellite housekeeping software, onboard computers, telemetry, tracking and command of satellites",
    ),
    ("微纳卫星总装集成与测试", "Assembly, integration and test of micro-nano satellites"),
    (
        "卫星电源与太阳翼设计，整星测试",
        "Satellite power systems and satellite solar arrays, satellite testing",
    ),
    ("航天器热控设计，热真空试验", "Spacecraft thermal control design, thermal vacuum tests"),
    ("精密定轨与轨道机动策略", "Precise orbit determination and orbital manoeuvres"),
    (
        "星敏感器、反作用飞轮与姿态确定算法",
        "Star trackers, reaction wheels and attitude determination algorithms",
    ),
    ("北斗三号高精度定位与导航增强", "BeiDou-3 high-precision positioning and navigation augmentation"),
    ("导航接收机抗干扰天线", "Anti-jamming antennas of navigation receivers"),
    ("信关站与卫星终端联调", "Joint tests of satellite gateways and satellite terminals"),
    ("卫星任务规划与卫星在轨管理", "Satellite mission planning and in-orbit management"),
    ("非地面网络与手机直连卫星协议研究", "Protocols for non-terrestrial networks and direct-to-cell"),
    ("卫星频率协调与卫星网络资料申报", "Satellite frequency coordination and satellite network filings"),
    ("抗辐射加固与单粒子效应试验", "Radiation hardening and single-event effects"),
    ("空间碎片监测与交会对接", "Space debris monitoring, rendezvous and docking"),
    ("深空探测与载人航天", "Deep space exploration and crewed spaceflight"),
    ("卫星批量生产，卫星工厂建设", "Satellite mass production and a satellite factory"),
    // Launch vehicles and propulsion.
    (
        "可重复使用火箭液氧甲烷发动机涡轮泵",
        "Turbopumps of liquid oxygen methane engines for reusable rockets",
    ),
    ("固体火箭发动机与整流罩设计", "Design of solid rocket motors and payload fairings"),
    ("霍尔推力器与冷气推进", "Hall thrusters and cold gas propulsion"),
    ("参加卫星发射任务，驻发射场", "Satellite launch at the launch site"),
    ("弹道设计与导弹制导律", "Trajectory design and guidance laws of missiles"),
    // Low altitude.
    ("电动垂直起降飞行器适航取证", "Airworthiness certification of electric vertical take-off and landing"),
    ("飞行汽车与城市空中交通起降场规划", "Flying cars, urban air mobility and vertiports"),
    ("无人机集群与感知与避让", "Drone swarms, detect and avoid"),
    ("无人机巡检，植保无人机作业", "Drone inspection and crop protection drones"),
    ("低空智联网与无人机交通管理", "Low-altitude intelligent network and unmanned traffic management"),
    ("反无人机系统与无人机数据链", "Counter-drone systems and UAV data links"),
    ("开源飞控二次开发", "Built on an open-source autopilot"),
    ("氢动力飞机与航空电机", "Hydrogen-powered aircraft and aircraft electric motors"),
    // Remote sensing and geographic information.
    ("合成孔径雷达干涉测量监测地表形变", "Ground deformation by interferometric synthetic aperture radar"),
    ("高光谱影像大气校正", "Atmospheric correction of hyperspectral images"),
    ("倾斜摄影实景三维与空三加密", "Oblique photography, real-scene 3D and aerial triangulation"),
    (
        "地理信息系统空间分析，空间数据库",
        "Spatial analysis in a geographic information system, spatial databases",
    ),
    ("对地观测光学载荷在轨定标", "On-orbit calibration of optical payloads for earth observation"),
    ("农业遥感与植被指数", "Agricultural remote sensing and vegetation indices"),
    ("遥感变化检测与土地利用分类", "Remote sensing change detection and land use classification"),
    ("数字高程模型与正射影像制作", "Digital elevation models and orthophotos"),
    // Near space.
    ("平流层飞艇囊体材料", "Envelope materials of stratospheric airships"),
    ("高空气球与系留气球", "High-altitude balloons and tethered balloons"),
    ("高超声速飞行器超燃冲压发动机", "Scramjet engines of hypersonic vehicles"),
    ("太阳能无人机", "Solar-powered UAVs"),
    // Engineering.
    ("飞行控制律设计，余度管理", "Flight control law design and redundancy management"),
    ("捷联惯导与导航滤波", "Strapdown inertial navigation and navigation filtering"),
    ("综合模块化航电与航电总线", "Integrated modular avionics and avionics buses"),
    ("机载软件适航，机载电子硬件", "Airborne software certification and airborne electronic hardware"),
    (
        "系统安全性评估，功能危险性评估，研制保证等级",
        "System safety assessment, functional hazard assessment, development assurance level",
    ),
    ("风洞试验与翼型优化", "Wind tunnel tests and airfoil optimisation"),
    ("颤振分析与气动弹性", "Flutter analysis and aeroelasticity"),
    ("飞机结构损伤容限，鸟撞", "Damage tolerance of aircraft structures, bird strikes"),
    ("航空发动机涡轮叶片与高温合金", "Turbine blades and superalloys of aero engines"),
    (
        "复合材料热压罐成型，陶瓷基复合材料",
        "Autoclave curing of composite materials, ceramic matrix composites",
    ),
    ("飞机总装与装配型架", "Aircraft final assembly and assembly jigs"),
    ("铁鸟试验与科研试飞", "Iron bird tests and experimental flight tests"),
    ("质量归零，航空质量体系", "Quality issue closure, aerospace quality management"),
    ("机载电磁兼容与振动试验", "Airborne electromagnetic compatibility and vibration tests"),
    ("基于模型的系统工程", "Model-based systems engineering"),
    // Operations, maintenance, airworthiness.
    ("航线维护与飞机定检", "Aircraft line maintenance and scheduled aircraft maintenance"),
    ("持续适航与适航指令评估", "Continuing airworthiness and airworthiness directives"),
    (
        "补充型号合格证与型号合格证申请",
        "Applications for a supplemental type certificate and a type certificate",
    ),
    ("机组排班与飞行计划", "Crew scheduling and flight planning"),
    ("空中交通流量管理与飞行程序设计", "Air traffic flow management and flight procedure design"),
    ("机场规划，鸟击防范", "Airport planning, bird strike prevention"),
    ("飞行品质监控与航空安全管理体系", "Flight data monitoring and aviation safety management system"),
    ("飞机租赁与航材管理", "Aircraft leasing and aircraft parts"),
    // Titles, disciplines, certificates, employers.
    ("型号总设计师；卫星总设计师", "Aircraft chief designer; satellite chief designer"),
    ("无人机驾驶员，无人机教员", "Drone pilot, drone instructor"),
    ("遥感博士后，航空航天研究员", "Remote sensing postdoc, aerospace researcher"),
    (
        "飞行器动力工程；大地测量学；低空技术与工程",
        "Flight vehicle propulsion engineering; geodesy; low-altitude technology and engineering",
    ),
    ("航线运输驾驶员执照，机型等级", "Airline transport pilot licence, type rating"),
    ("大疆创新，中国航发，中国商飞", "DJI, Aero Engine Corporation of China, COMAC"),
    ("卫星通信研究员", "Satellite communications researcher"),
    ("适航经理", "Airworthiness manager"),
    ("遥感算法工程师", "Remote sensing algorithm engineer"),
    ("飞控算法工程师", "Flight control algorithm engineer"),
    ("航空发动机工程师", "Aero engine engineer"),
    ("火箭总体工程师", "Rocket system engineer"),
    ("机务经理，飞机检验员", "Aircraft maintenance manager, aircraft inspector"),
    ("试飞工程师，试飞员", "Flight test engineer, test pilot"),
    ("塔台管制员", "Tower air traffic controller"),
    ("航材采购员", "Aviation buyer"),
    ("GIS开发工程师", "GIS development engineer"),
    ("测绘工程师", "Surveying and mapping engineer"),
    ("航空航天教授", "Professor of aerospace engineering"),
    ("飞机装配工艺工程师", "Aircraft assembly process engineer"),
    ("无人机产品经理", "UAV product manager"),
    ("直升机飞行员，乘务长", "Helicopter pilot, purser"),
    // What the two languages word differently.
    ("遥感小卫星与哨兵一号数据", "Small remote sensing satellites and Sentinel-1 data"),
    ("液氧煤油推力室，转子动力学分析", "Thrust chambers for liquid oxygen and kerosene, rotor dynamics"),
    ("倾转旋翼无人机的颤振地面试验", "Ground flutter tests of tilt-rotor UAVs"),
    ("机翼壁板自动铺丝，超声C扫描", "Automated fibre placement of wing panels, ultrasonic C-scan"),
    ("导航、制导与控制系统研制", "Developed systems for navigation, guidance and control"),
    ("高超声速飞行器气动热与稀薄流动", "Aeroheating and rarefied flow of hypersonic vehicles"),
    ("支线涡桨飞机的机轮刹车", "Aircraft wheel brakes of a regional turboprop"),
    ("ICAO五级，带飞副驾驶，模拟机复训", "ICAO level 5, recurrent simulator training"),
    ("立体测图，像控点布设", "Stereo mapping, ground control points"),
    ("空天技术公司；航空技术公司", "Aerospace technology company; aviation technology company"),
    (
        "国防科技大学；航天动力研究所",
        "National University of Defense Technology; institute of aerospace propulsion",
    ),
    ("适航负责人；巡检飞手", "Head of airworthiness; inspection pilot"),
    ("农作物长势监测", "Crop growth monitoring"),
    ("机身机械员，飞机机电设备维修", "Airframe mechanic, aircraft electromechanical maintenance"),
    ("安全飞行，客舱乘务员训练合格证", "Safe flight, cabin crew training certificate"),
    ("无人机航线规划", "Drone route planning"),
    ("航空公司收益管理与航线网络规划", "Airline revenue management and route network planning"),
    ("霍尔电推力器寿命试验", "Life tests of Hall thrusters"),
    ("CFD计算翼型升阻力特性", "CFD of lift and drag of airfoils"),
    ("导弹总体设计，弹道仿真", "Missile system design, trajectory simulation"),
    ("卫星总体主任设计师", "Chief satellite system designer"),
    ("火箭发动机试车台建设", "Construction of rocket engine test stands"),
    ("维修控制中心值班，处理AOG", "Maintenance control centre, handling AOG"),
    ("编写机组操作手册", "Wrote the flight crew operating manual"),
    ("飞行教员，带飞初教机", "Flight instructor on primary trainer aircraft"),
    ("飞机失速与颤振边界分析", "Stall and flutter boundary analysis of aircraft"),
    ("航空液压泵和作动器研发", "Development of aviation hydraulic pumps and actuators"),
];

fn counted(text: &str) -> BTreeSet<String> {
    let reading = Sketch::default().section(SectionKind::Work, text).reading();
    let mentions = collect(&reading, lexicon()).mentions;
    let counted = mentions.into_iter().filter(|mention| mention.status.is_counted());
    counted.map(|mention| mention.concept.0).collect()
}

#[test]
fn a_resume_and_its_translation_show_the_same() {
    let mut different = Vec::new();
    for (chinese, english) in TWINS {
        let (of_chinese, of_english) = (counted(chinese), counted(english));
        if of_chinese != of_english || of_chinese.is_empty() {
            let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
                one.difference(other).cloned().collect::<Vec<_>>().join(" ")
            };
            different.push(format!(
                "{chinese} | {english}: zh only [{}], en only [{}]",
                only(&of_chinese, &of_english),
                only(&of_english, &of_chinese)
            ));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// Common words in which forms of the field lie by chance.
const ELSEWHERE: [&str; 48] = [
    "维护本地服务器",
    "属地服务",
    "条件随机场模型",
    "内部装修与外部装置",
    "控制导轨",
    "管理机制导致",
    "学习习惯导致近视",
    "随机长度",
    "旅客机票代购",
    "发电机组运行",
    "导航模块开发",
    "教授时注重互动",
    "给定轨迹跟踪",
    "安排故事会",
    "真空管道安装",
    "钻孔探测",
    "面包机与打包机",
    "Baltimore, MD 11/2012",
    "so far 25 clients",
    "wrote a check",
    "GitHub Copilot",
    "a job seeker",
    "pushback from stakeholders",
    "driving licence B1",
    "IFRS reporting",
    "piloting a new payroll process",
    "Satellite offices in two states",
    "长续航电池",
    "导航电子产品销售",
    "附近空间利用",
    "填空难题",
    "明星历程",
    "电气动力设备",
    "Warren Hale, camo jackets",
    "室内空间环境设计",
    "汽车发动机维修",
    "启航电控有限公司",
    "《夜航船》读书会",
    "居民机构调查",
    "承包机构管理",
    "a taxi dispatcher",
    "app launcher icons",
    "operations control of a warehouse",
    "wing of the museum",
    "Unity engine runs at 60 fps",
    "the primary trainer of new colleagues",
    "绘制图表",
    "screening of job applicants",
];

#[test]
fn words_of_other_trades_are_not_of_the_field() {
    for text in ELSEWHERE {
        let reading = Sketch::default().section(SectionKind::Work, text).reading();
        let mentions = collect(&reading, lexicon()).mentions;
        let own = mentions.iter().filter(|mention| mention.status.is_counted()).find(|mention| {
            lexicon().concept(&mention.concept).is_some_and(|concept| concept.field.0 == "aerospace")
        });
        assert!(own.is_none(), "{text}: {own:?}");
    }
}
