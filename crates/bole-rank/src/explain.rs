use std::collections::BTreeMap;

use bole_core::{AsOf, ConceptId, Degree, DocumentId, Evidence, Mention, MentionStatus, SectionKind, Span};

use crate::change::best_change;
use crate::explanation::{
    ComponentExplanation, Explanation, GateExplanation, Missing, NotCounted, Reason, ReasonKind, WhyNot,
};
use crate::gate::{Condition, Gate, GateOutcome};
use crate::lexicon::{ConceptKind, Lexicon};
use crate::loss::{Loss, loss};
use crate::profile::{Group, Profile, SlotReading};
use crate::row::{Row, names_field};
use crate::score::{Part, SCORING_VERSION, Tally};
use crate::stay::Jobs;
use crate::weigh::{Weighing, months, weigh};

/// A concept mentioned twenty times is not shown better by twenty places.
const MAX_SPANS: usize = 5;

/// Explains what [`score`](fn@crate::score) gives, by the same code.
pub fn explain(
    evidence: &Evidence,
    as_of: AsOf,
    document: DocumentId,
    profile: &Profile,
    lexicon: &Lexicon,
) -> Explanation {
    let row = Row::new(document, as_of, evidence, lexicon);
    let explanation = explain_briefly(&row, evidence, profile, lexicon);
    let tally = Tally::of(&row, profile);
    let components = profile.groups().iter().zip(explanation.components).map(|(group, component)| {
        ComponentExplanation { missing: missing(group, &tally, profile, lexicon), ..component }
    });
    Explanation {
        components: components.collect(),
        not_counted: evidence.mentions.iter().filter_map(not_counted).collect(),
        ..explanation
    }
}

/// As [`explain`], for a `row` that was made of `evidence`, without what is missing and what was not counted: enough for
/// lists of many people.
pub fn explain_briefly(row: &Row, evidence: &Evidence, profile: &Profile, lexicon: &Lexicon) -> Explanation {
    let tally = Tally::of(row, profile);
    let explainer = Explainer::new(evidence, row.as_of(), profile, lexicon, &tally);
    let components: Vec<ComponentExplanation> =
        profile.groups().iter().map(|group| explainer.component(group)).collect();
    let total = components.iter().map(|component| component.points).sum();
    Explanation {
        document: row.document(),
        as_of: row.as_of(),
        profile: profile.hash(),
        lexicon: lexicon.hash(),
        scoring_version: SCORING_VERSION,
        total,
        components,
        gates: profile.gates().iter().map(|gate| explainer.gate(gate, gate.judge(row))).collect(),
        not_counted: Vec::new(),
        best_change: best_change(row, &tally, profile, lexicon, total),
        partial: evidence.partial,
    }
}

/// The concepts of a group that a row does not show.
fn missing(group: &Group, tally: &Tally<'_>, profile: &Profile, lexicon: &Lexicon) -> Vec<Missing> {
    let slots = group.slots.clone().zip(profile.slots_of(group));
    let missing = slots.filter(|(slot, _)| tally.best(*slot).amount == 0).filter_map(|(_, slot)| {
        let concept = lexicon.concept_at(slot.concept)?;
        Some(Missing {
            concept: concept.id.clone(),
            name_zh: concept.name_zh.clone(),
            name_en: concept.name_en.clone(),
        })
    });
    missing.collect()
}

struct Explainer<'a> {
    evidence: &'a Evidence,
    as_of: AsOf,
    profile: &'a Profile,
    lexicon: &'a Lexicon,
    tally: &'a Tally<'a>,
    jobs: Jobs,
    /// The mentions of each concept, by place.
    mentions: BTreeMap<&'a ConceptId, Vec<&'a Mention>>,
}

impl<'a> Explainer<'a> {
    fn new(
        evidence: &'a Evidence,
        as_of: AsOf,
        profile: &'a Profile,
        lexicon: &'a Lexicon,
        tally: &'a Tally<'a>,
    ) -> Self {
        let mut mentions: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for mention in &evidence.mentions {
            mentions.entry(&mention.concept).or_default().push(mention);
        }
        Self { evidence, as_of, profile, lexicon, tally, jobs: Jobs::of(evidence, lexicon), mentions }
    }

    fn weigh(&self, mention: &Mention, kind: ConceptKind) -> Weighing {
        weigh(mention, kind, self.jobs.is_in_passing(mention, self.lexicon), self.as_of)
    }

    fn component(&self, group: &Group) -> ComponentExplanation {
        let mut parts = Vec::new();
        self.tally.parts(group, &mut |part, amount| parts.push((part, amount)));
        let sum = parts.iter().map(|(_, amount)| amount).sum();
        let points = group.points(sum);
        let shares = split(points, &parts);
        let reasons = parts.iter().zip(shares).map(|((part, _), share)| {
            let Loss { points, fails_gate } = loss(self.tally.row(), self.profile, *part);
            Reason { loss: points, fails_gate, ..self.reason(*part, share) }
        });
        let mut reasons: Vec<Reason> = reasons.collect();
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.points));
        ComponentExplanation {
            id: group.id.clone(),
            name_zh: group.name_zh.clone(),
            name_en: group.name_en.clone(),
            kind: group.kind,
            weight: group.weight,
            points,
            reasons,
            missing: Vec::new(),
        }
    }

    fn reason(&self, part: Part, points: u32) -> Reason {
        match part {
            Part::Slot(slot, best) => self.concept_reason(slot, best.concept, points),
            Part::Degree(degree) => {
                let (name_zh, name_en) = degree_names(degree);
                let spans = self.evidence.degree(self.as_of).iter().map(|studied| studied.span).collect();
                Reason {
                    what: ReasonKind::Degree { degree },
                    section: Some(SectionKind::Education),
                    ..plain_reason(name_zh, name_en, points, spans)
                }
            }
            Part::NamesField => Reason {
                what: ReasonKind::NamesField,
                section: Some(SectionKind::Work),
                ..plain_reason(
                    "职位名称属于本领域",
                    "a title that names the field",
                    points,
                    self.titled_spans(),
                )
            },
            Part::Work(months) => Reason {
                what: ReasonKind::Work,
                section: Some(SectionKind::Work),
                months: Some(months),
                ..plain_reason(
                    "本领域全职工作",
                    "full-time work in the field",
                    points,
                    self.stay_spans(false),
                )
            },
            Part::Practice(months) => Reason {
                what: ReasonKind::Practice,
                section: Some(SectionKind::Internship),
                months: Some(months),
                ..plain_reason(
                    "本领域实习与科研",
                    "internships and research in the field",
                    points,
                    self.stay_spans(true),
                )
            },
        }
    }

    fn concept_reason(&self, slot: usize, shown: u16, points: u32) -> Reason {
        let slot = self.profile.slots().get(slot);
        let listed = slot.and_then(|slot| self.lexicon.concept_at(slot.concept));
        let reading = slot.map_or(SlotReading::Strength, |slot| slot.reading);
        let concept = self.lexicon.concept_at(shown);
        let kind = concept.map_or(ConceptKind::Topic, |concept| concept.kind);
        let id = concept.map_or_else(|| ConceptId(String::new()), |concept| concept.id.clone());
        let of_concept = self.mentions.get(&id).map_or(&[][..], Vec::as_slice);
        let mut mentions: Vec<(&Mention, Weighing)> = of_concept
            .iter()
            .map(|mention| (*mention, self.weigh(mention, kind)))
            .filter(|(mention, weighing)| weighing.strength > 0 && fits(mention, reading))
            .collect();
        mentions.sort_by_key(|(mention, weighing)| {
            (
                std::cmp::Reverse(preference(mention, reading)),
                std::cmp::Reverse(weighing.strength),
                mention.span,
            )
        });
        let best = mentions.first();
        let dates = best.and_then(|(mention, _)| mention.dates);
        Reason {
            what: ReasonKind::Concept {
                counts_for: listed.map_or_else(|| id.clone(), |listed| listed.id.clone()),
                concept: id,
            },
            name_zh: concept.map(|concept| concept.name_zh.clone()).unwrap_or_default(),
            name_en: concept.map(|concept| concept.name_en.clone()).unwrap_or_default(),
            points,
            loss: 0,
            fails_gate: false,
            spans: mentions.iter().map(|(mention, _)| mention.span).take(MAX_SPANS).collect(),
            section: best.map(|(mention, _)| mention.section),
            dates,
            months: dates.map(|dates| months(dates, self.as_of)),
            weighing: best.map(|(_, weighing)| *weighing),
        }
    }

    /// The dates of each job or stay in the field, and what makes it one of the field.
    fn stay_spans(&self, practice: bool) -> Vec<Span> {
        let mut spans = Vec::new();
        for stay in self.jobs.stays() {
            if Some(stay.field) != self.profile.field_position() || stay.is_practice != practice {
                continue;
            }
            let dated = self.evidence.jobs.iter().find(|job| !practice && job.value == stay.dates);
            spans.extend(dated.map(|job| job.span));
            spans.extend(stay.spans.first());
        }
        spans
    }

    fn titled_spans(&self) -> Vec<Span> {
        let field = self.profile.field_position();
        let mut titles: Vec<(u32, Span)> = Vec::new();
        for mention in &self.evidence.mentions {
            if names_field(mention, self.lexicon).is_some_and(|named| Some(named) == field) {
                let held = weigh(mention, ConceptKind::Title, false, self.as_of).strength;
                titles.push((held, mention.span));
            }
        }
        titles.sort_by_key(|(held, span)| (std::cmp::Reverse(*held), *span));
        titles.into_iter().map(|(_, span)| span).take(MAX_SPANS).collect()
    }

    fn gate(&self, gate: &Gate, outcome: GateOutcome) -> GateExplanation {
        let mut explanation = GateExplanation {
            id: gate.id.clone(),
            name_zh: gate.name_zh.clone(),
            name_en: gate.name_en.clone(),
            condition: gate.condition.clone(),
            outcome,
            degree: None,
            months: None,
            spans: Vec::new(),
        };
        match &gate.condition {
            Condition::MinDegree(_) => {
                // A gate that waits for a degree under way rests on that.
                let finished = self.evidence.degree(self.as_of);
                let under_way = self.evidence.degree_under_way(self.as_of);
                explanation.degree = finished.map(|studied| studied.value.degree);
                let rests_on = if outcome == GateOutcome::Unknown { under_way } else { finished };
                explanation.spans.extend(rests_on.map(|studied| studied.span));
            }
            Condition::MinFullTimeMonths(_) | Condition::MaxFullTimeMonths(_) => {
                explanation.months = self.evidence.full_time_months(self.as_of);
                explanation.spans.extend(self.evidence.jobs.iter().map(|job| job.span));
                if explanation.spans.is_empty() {
                    explanation.spans.extend(self.evidence.claimed_months.map(|claimed| claimed.span));
                }
            }
            Condition::AnyOf(_) if outcome == GateOutcome::Unknown => {}
            Condition::AnyOf(_) => {
                let is_pass = outcome == GateOutcome::Pass;
                let mut rests_on: Vec<(u32, Span)> = Vec::new();
                for mention in &self.evidence.mentions {
                    let position = self.lexicon.position(&mention.concept);
                    let Some(position) = position.filter(|position| gate.accepts(*position)) else {
                        continue;
                    };
                    let kind =
                        self.lexicon.concept_at(position).map_or(ConceptKind::Topic, |concept| concept.kind);
                    let strength = self.weigh(mention, kind).strength;
                    if (is_pass && strength > 0) || (!is_pass && mention.status == MentionStatus::Negated) {
                        rests_on.push((strength, mention.span));
                    }
                }
                rests_on.sort_by_key(|(strength, span)| (std::cmp::Reverse(*strength), *span));
                explanation.spans.extend(rests_on.into_iter().map(|(_, span)| span).take(MAX_SPANS));
            }
        }
        explanation
    }
}

fn plain_reason(name_zh: &str, name_en: &str, points: u32, spans: Vec<Span>) -> Reason {
    Reason {
        what: ReasonKind::Work,
        name_zh: name_zh.to_owned(),
        name_en: name_en.to_owned(),
        points,
        loss: 0,
        fails_gate: false,
        spans,
        section: None,
        dates: None,
        months: None,
        weighing: None,
    }
}

/// Splits `points` in proportion to the amounts, rounding down and giving what is left to the largest, first come.
fn split(points: u32, parts: &[(Part, u32)]) -> Vec<u32> {
    let sum: u64 = parts.iter().map(|(_, amount)| u64::from(*amount)).sum();
    let shares = parts.iter().map(|(_, amount)| u64::from(points) * u64::from(*amount) / sum.max(1));
    let mut shares: Vec<u32> = shares.map(|share| share as u32).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|index| (std::cmp::Reverse(parts.get(*index).map(|(_, amount)| *amount)), *index));
    let left = points.saturating_sub(shares.iter().sum());
    for index in order.into_iter().take(left as usize) {
        if let Some(share) = shares.get_mut(index) {
            *share += 1;
        }
    }
    shares
}

/// Whether a mention is of the sort that a slot looks at.
fn fits(mention: &Mention, reading: SlotReading) -> bool {
    match reading {
        SlotReading::Strength | SlotReading::Certificate => true,
        SlotReading::Study => mention.section == SectionKind::Education,
        SlotReading::Publication => {
            matches!(mention.section, SectionKind::Publications | SectionKind::Patents)
        }
    }
}

/// Which of several mentions a slot prefers before it looks at their strength.
fn preference(mention: &Mention, reading: SlotReading) -> bool {
    match reading {
        SlotReading::Strength => false,
        SlotReading::Certificate => mention.section == SectionKind::Certificates,
        SlotReading::Study => mention.in_title,
        SlotReading::Publication => mention.section == SectionKind::Patents,
    }
}

fn not_counted(mention: &Mention) -> Option<NotCounted> {
    let why = match (mention.status, mention.section) {
        (MentionStatus::Negated, _) => WhyNot::Negated,
        (MentionStatus::KeywordWall, _) => WhyNot::KeywordWall,
        (MentionStatus::Ambiguous, _) => WhyNot::Ambiguous,
        (MentionStatus::Counted, SectionKind::Objective) => WhyNot::Objective,
        (MentionStatus::Counted, SectionKind::Interests) => WhyNot::Interest,
        (MentionStatus::Counted, _) => return None,
    };
    Some(NotCounted { concept: mention.concept.clone(), span: mention.span, section: mention.section, why })
}

pub(crate) fn degree_names(degree: Degree) -> (&'static str, &'static str) {
    match degree {
        Degree::Secondary => ("高中或中专", "secondary school"),
        Degree::Associate => ("大专", "associate degree"),
        Degree::Bachelor => ("本科", "bachelor's degree"),
        Degree::Master => ("硕士", "master's degree"),
        Degree::Doctor => ("博士", "doctorate"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up() {
        let parts: Vec<(Part, u32)> = [3, 3, 1, 0].map(|amount| (Part::Work(amount), amount)).to_vec();
        for points in 0..50 {
            assert_eq!(split(points, &parts).iter().sum::<u32>(), points);
        }
        assert_eq!(split(8, &parts), [4, 3, 1, 0]);
        assert_eq!(split(0, &[]), [0; 0]);
    }
}
