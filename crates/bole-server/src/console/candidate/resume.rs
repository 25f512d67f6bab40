//! What was understood of a resume, and where the reader is not sure.

use bole_core::{Confidence, YearMonth};
use bole_engine::{JsonResume, Work};
use maud::{Markup, html};

use super::super::session::View;
use super::super::words;
use super::Seen;

/// What is less sure is marked.
const SURE: Confidence = Confidence(80);

/// A title, its date, and who gave or printed it.
type Row<'a> = (&'a String, Option<YearMonth>, Option<&'a String>);

/// What was understood, and how it is shown.
struct Read<'a> {
    resume: &'a JsonResume,
    view: &'a View,
}

pub(super) fn resume(seen: &Seen, view: &View) -> Markup {
    let read = Read { resume: &seen.candidate.json_resume, view };
    html! {
        section.card.read aria-labelledby="read" {
            div.title {
                h2 #read { (view.say("As it was understood", "解析结果")) }
                p.soft.small { (view.say("Nothing is added; what the reader is unsure of says so.", "不作补充；存疑处已注明。")) }
            }
            (read.contact())
            (read.education())
            (read.jobs(view.say("Work", "工作"), &read.resume.work, "/work"))
            (read.projects())
            (read.jobs(view.say("Internships", "实习"), &read.resume.x_bole.internships, "/x-bole/internships"))
            (read.jobs(view.say("Research", "科研"), &read.resume.x_bole.research, "/x-bole/research"))
            (read.skills())
            (read.achievements())
        }
    }
}

impl Read<'_> {
    /// A value, with a sign if it is a guess.
    fn value(&self, text: &str, pointer: &str) -> Markup {
        let sure = self.resume.x_bole.confidence.get(pointer).copied().unwrap_or(Confidence(100));
        html! {
            bdi { (text) }
            @if sure < SURE {
                " " span.unsure title=(format!("{} %", sure.0)) { (self.view.say("unsure", "存疑")) }
            }
        }
    }

    fn optional(&self, text: Option<&String>, pointer: &str) -> Markup {
        html! { @if let Some(text) = text { (self.value(text, pointer)) } }
    }

    fn dates(&self, start: Option<YearMonth>, end: Option<YearMonth>, at: &str) -> Markup {
        let text = match (start, end) {
            (Some(start), Some(end)) => format!("{start} – {end}"),
            (Some(start), None) => format!("{start} – {}", self.view.say("now", "至今")),
            (None, Some(end)) => format!("– {end}"),
            (None, None) => return html! {},
        };
        html! { span.soft.dates { (self.value(&text, &format!("{at}/startDate"))) } }
    }

    fn contact(&self) -> Markup {
        let (view, basics, more) = (self.view, &self.resume.basics, &self.resume.x_bole);
        let rows = [
            (
                view.say("E-mail", "邮箱"),
                basics.email.as_ref(),
                "/basics/email",
                &more.other_emails,
                "/x-bole/otherEmails",
            ),
            (
                view.say("Phone", "电话"),
                basics.phone.as_ref(),
                "/basics/phone",
                &more.other_phones,
                "/x-bole/otherPhones",
            ),
            (
                view.say("Links", "链接"),
                basics.url.as_ref(),
                "/basics/url",
                &more.other_links,
                "/x-bole/otherLinks",
            ),
        ];
        let address = basics.location.as_ref().map(|location| &location.address);
        let degree = |degree| words::degree(view, degree);
        html! {
            dl.facts {
                @for (name, first, pointer, others, pointers) in rows {
                    @if first.is_some() || !others.is_empty() {
                        dt { (name) }
                        dd {
                            (self.optional(first, pointer))
                            @for (position, other) in others.iter().enumerate() {
                                span.other { (self.value(other, &format!("{pointers}/{position}"))) }
                            }
                        }
                    }
                }
                @for (position, profile) in basics.profiles.iter().enumerate() {
                    dt { (profile.network) }
                    dd { (self.value(&profile.url, &format!("/basics/profiles/{position}/url"))) }
                }
                @if address.is_some() {
                    dt { (view.say("Lives in", "所在地")) }
                    dd { (self.optional(address, "/basics/location/address")) }
                }
                @if let Some(highest) = more.highest_degree {
                    dt { (view.say("Highest degree", "最高学位")) }
                    dd { (self.value(degree(highest), "/x-bole/highestDegree")) }
                }
                @if let Some(under_way) = more.degree_under_way {
                    dt { (view.say("Under way", "在读")) }
                    dd { (self.value(degree(under_way), "/x-bole/degreeUnderWay")) }
                }
                @if let Some(months) = more.full_time_months {
                    dt { (view.say("Full-time work", "全职工作")) }
                    dd { (words::months(view, months)) }
                }
            }
            @if let Some(summary) = &basics.summary { p.small.body { (summary) } }
        }
    }

    fn education(&self) -> Markup {
        let studies = &self.resume.education;
        html! {
            @if !studies.is_empty() {
                h3 { (self.view.say("Education", "教育")) }
                ul.plain.entries {
                    @for (position, study) in studies.iter().enumerate() {
                        @let at = format!("/education/{position}");
                        li {
                            div.entry {
                                strong { (self.optional(study.institution.as_ref(), &format!("{at}/institution"))) }
                                span { (self.optional(study.area.as_ref(), &format!("{at}/area"))) }
                                span { @if let Some(degree) = study.study_type { (self.value(words::degree(self.view, degree), &format!("{at}/studyType"))) } }
                                (self.dates(study.start_date, study.end_date, &at))
                            }
                        }
                    }
                }
            }
        }
    }

    fn jobs(&self, name: &str, jobs: &[Work], list: &str) -> Markup {
        html! {
            @if !jobs.is_empty() {
                h3 { (name) }
                ul.plain.entries {
                    @for (position, job) in jobs.iter().enumerate() {
                        @let at = format!("{list}/{position}");
                        li {
                            div.entry {
                                strong { (self.optional(job.name.as_ref(), &format!("{at}/name"))) }
                                span { (self.optional(job.position.as_ref(), &format!("{at}/position"))) }
                                (self.dates(job.start_date, job.end_date, &at))
                            }
                            (body(self.view, job.summary.as_deref(), &job.highlights))
                        }
                    }
                }
            }
        }
    }

    fn projects(&self) -> Markup {
        let projects = &self.resume.projects;
        html! {
            @if !projects.is_empty() {
                h3 { (self.view.say("Projects", "项目")) }
                ul.plain.entries {
                    @for (position, project) in projects.iter().enumerate() {
                        @let at = format!("/projects/{position}");
                        li {
                            div.entry {
                                strong { (self.optional(project.name.as_ref(), &format!("{at}/name"))) }
                                span { (self.optional(project.entity.as_ref(), &format!("{at}/entity"))) }
                                (self.dates(project.start_date, project.end_date, &at))
                            }
                            (body(self.view, project.description.as_deref(), &project.highlights))
                        }
                    }
                }
            }
        }
    }

    fn skills(&self) -> Markup {
        let (skills, languages) = (&self.resume.skills, &self.resume.languages);
        html! {
            @if !skills.is_empty() {
                h3 { (self.view.say("Skills", "技能")) }
                ul.plain.skills {
                    @for (position, skill) in skills.iter().enumerate() {
                        li.chip { (self.value(&skill.name, &format!("/skills/{position}/name"))) }
                    }
                }
            }
            @if !languages.is_empty() {
                h3 { (self.view.say("Languages", "语言")) }
                ul.plain.skills {
                    @for (position, spoken) in languages.iter().enumerate() {
                        li.chip {
                            (self.value(&spoken.language, &format!("/languages/{position}/language")))
                            @if spoken.fluency.is_some() {
                                ": " (self.optional(spoken.fluency.as_ref(), &format!("/languages/{position}/fluency")))
                            }
                        }
                    }
                }
            }
        }
    }

    fn achievements(&self) -> Markup {
        let (view, resume) = (self.view, self.resume);
        let publications =
            resume.publications.iter().map(|it| (&it.name, it.release_date, it.publisher.as_ref()));
        let patents = resume.x_bole.patents.iter().map(|it| (&it.name, it.date, it.issuer.as_ref()));
        let certificates = resume.certificates.iter().map(|it| (&it.name, it.date, it.issuer.as_ref()));
        let awards = resume.awards.iter().map(|it| (&it.title, it.date, it.awarder.as_ref()));
        let lists: [(&str, &str, &str, Vec<Row<'_>>); 4] = [
            (view.say("Publications", "论文"), "/publications", "name", publications.collect()),
            (view.say("Patents", "专利"), "/x-bole/patents", "name", patents.collect()),
            (view.say("Certificates", "证书"), "/certificates", "name", certificates.collect()),
            (view.say("Awards", "奖项"), "/awards", "title", awards.collect()),
        ];
        html! {
            @for (name, list, key, rows) in lists {
                @if !rows.is_empty() {
                    h3 { (name) }
                    ul.plain.entries {
                        @for (position, (title, date, by)) in rows.into_iter().enumerate() {
                            li {
                                div.entry {
                                    span { (self.value(title, &format!("{list}/{position}/{key}"))) }
                                    @if let Some(by) = by { span.soft { bdi { (by) } } }
                                    @if let Some(date) = date { span.soft.dates { (date) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What is said of an entry, folded: the pages show it beside.
fn body(view: &View, summary: Option<&str>, highlights: &[String]) -> Markup {
    html! {
        @if summary.is_some() || !highlights.is_empty() {
            details.small {
                summary { (view.say("What it says", "详情")) }
                @if let Some(summary) = summary { p.body { (summary) } }
                @if !highlights.is_empty() { ul { @for highlight in highlights { li { (highlight) } } } }
            }
        }
    }
}
