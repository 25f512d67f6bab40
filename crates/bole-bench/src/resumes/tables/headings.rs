use super::Words;

/// What a part of a resume is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::resumes) enum Heading {
    Title,
    Contact,
    Summary,
    Education,
    Work,
    Projects,
    Skills,
    Publications,
    Certificates,
    Honours,
    Languages,
}

/// Ways to say it; the first is the plainest.
pub(in crate::resumes) fn heading(of: Heading) -> &'static [Words] {
    match of {
        Heading::Title => &[("个人简历", "Resume"), ("求职简历", "Curriculum Vitae"), ("简历", "CV")],
        Heading::Contact => &[("联系方式", "Contact"), ("联系信息", "Contact Details")],
        Heading::Summary => &[
            ("个人简介", "Summary"),
            ("自我评价", "Profile"),
            ("个人总结", "Professional Summary"),
            ("个人评价", "About Me"),
        ],
        Heading::Education => &[
            ("教育背景", "Education"),
            ("教育经历", "Education and Training"),
            ("学习经历", "Academic Background"),
        ],
        Heading::Work => &[
            ("工作经历", "Work Experience"),
            ("工作经验", "Experience"),
            ("职业经历", "Professional Experience"),
            ("工作履历", "Employment History"),
        ],
        Heading::Projects => {
            &[("项目经历", "Projects"), ("项目经验", "Project Experience"), ("主要项目", "Selected Projects")]
        }
        Heading::Skills => &[
            ("专业技能", "Skills"),
            ("技能特长", "Technical Skills"),
            ("个人技能", "Core Competencies"),
            ("技能清单", "Key Skills"),
        ],
        Heading::Publications => &[
            ("学术论文", "Publications"),
            ("发表论文", "Selected Publications"),
            ("科研成果", "Research Output"),
        ],
        Heading::Certificates => &[
            ("证书", "Certificates"),
            ("资格证书", "Certifications"),
            ("职业资格", "Licences and Certificates"),
        ],
        Heading::Honours => {
            &[("荣誉奖项", "Honours and Awards"), ("获奖情况", "Awards"), ("所获荣誉", "Honours")]
        }
        Heading::Languages => &[("语言能力", "Languages"), ("外语水平", "Language Skills")],
    }
}
