use std::collections::BTreeMap;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::{Value, json};
use ureq::Agent;

use super::{AnswerTimes, LoadError, Target, agent};

/// Recruiters who ask at the same time.
#[derive(Clone, Debug)]
pub struct QueryLoad {
    /// How many.
    pub n_users: usize,
    /// How long they ask, each once a second.
    pub time: Duration,
    /// The profile that they rank by.
    pub profile: String,
}

/// How long they waited, by what they asked.
#[derive(Clone, Debug, Serialize)]
pub struct QueryTimes {
    /// Users.
    pub n_users: usize,
    /// Seconds.
    pub seconds: u64,
    /// Rankings, each with weights of its own, the best fifty explained.
    #[serde(rename = "match")]
    pub matches: AnswerTimes,
    /// Resumes of somebody who was ranked.
    pub candidate: AnswerTimes,
    /// Searches, half of them Chinese, one in four with facets.
    pub search: AnswerTimes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    Match,
    Candidate,
    Search,
}

/// What is searched for, by turns.
const SEARCHES: [&str; 12] = [
    "audit",
    "审计",
    "\"risk management\"",
    "风险管理",
    "battery OR lithium",
    "锂电池 OR 储能",
    "satellite AND engineer",
    "工程师 AND 遥感",
    "degree:master",
    "degree:doctor OR degree:master",
    "python NOT java",
    "经理 NOT 销售",
];
/// Each user asks once in so long.
const PERIOD: Duration = Duration::from_secs(1);

/// Has users ask for rankings, people and searches by turns, each once a second, and tells how long each waited.
///
/// # Errors
/// [`LoadError`], before there is any load.
pub fn bench_queries(target: &Target, load: &QueryLoad) -> Result<QueryTimes, LoadError> {
    let asking = Asking { target, agent: agent(), bearer: target.bearer(), load };
    let first = asking.page()?;
    let people = strings(first.get("results"), "resume");
    let groups: Vec<String> = first
        .pointer("/results/0/components")
        .and_then(Value::as_object)
        .map(|components| components.keys().cloned().collect())
        .unwrap_or_default();
    if people.is_empty() || groups.is_empty() {
        return Err(LoadError::Empty);
    }
    let (told, hears) = mpsc::channel();
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for user in 0..load.n_users {
            let (told, people, groups) = (told.clone(), &people, &groups);
            let agent = agent();
            let asking = Asking { agent, bearer: asking.bearer.clone(), ..asking };
            scope.spawn(move || {
                // They do not all ask in the same moment.
                let mut due = begin + PERIOD * user as u32 / load.n_users as u32;
                let mut turn = user;
                while due < begin + load.time {
                    std::thread::sleep(due.saturating_duration_since(Instant::now()));
                    let (asked, status) = asking.ask(turn, people, groups);
                    // Who has to wait for an answer asks later, and has waited since it was due.
                    if told.send((asked, status, due.elapsed())).is_err() {
                        return;
                    }
                    turn += 7;
                    due += PERIOD;
                }
            });
        }
    });
    drop(told);
    let mut times: BTreeMap<Asked, (Vec<Duration>, BTreeMap<u16, usize>)> = BTreeMap::new();
    for (asked, status, time) in hears {
        let (times, wrong) = times.entry(asked).or_default();
        times.push(time);
        if status != 200 {
            *wrong.entry(status).or_default() += 1;
        }
    }
    let mut of = |asked| {
        let (times, wrong) = times.remove(&asked).unwrap_or_default();
        AnswerTimes::of(times, wrong)
    };
    Ok(QueryTimes {
        n_users: load.n_users,
        seconds: load.time.as_secs(),
        matches: of(Asked::Match),
        candidate: of(Asked::Candidate),
        search: of(Asked::Search),
    })
}

struct Asking<'a> {
    target: &'a Target,
    agent: Agent,
    bearer: String,
    load: &'a QueryLoad,
}

impl Asking<'_> {
    /// The first page of a ranking, before there is any load.
    fn page(&self) -> Result<Value, LoadError> {
        let body = json!({ "profile": self.load.profile, "limit": 200 });
        let mut response = self.post("/v1/matches", &body).map_err(LoadError::Away)?;
        let status = response.status().as_u16();
        let text =
            response.body_mut().with_config().limit(1 << 30).read_to_string().map_err(LoadError::Away)?;
        if status != 200 {
            let body = text.chars().take(300).collect();
            return Err(LoadError::Refused { what: "a match", status, body });
        }
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    /// Asks what is due at this turn, and hears the answer to its end.
    fn ask(&self, turn: usize, people: &[String], groups: &[String]) -> (Asked, u16) {
        let pick = |list: &[String]| list.get(turn % list.len().max(1)).cloned().unwrap_or_default();
        let (asked, answer) = match turn % 3 {
            0 => {
                let weights = json!({ pick(groups): 1 + turn % 9 });
                let body = json!({ "profile": self.load.profile, "weights": weights, "limit": 50 });
                (Asked::Match, self.post("/v1/matches", &body))
            }
            1 => (Asked::Candidate, self.get(&format!("/v1/candidates/{}", pick(people)), &[])),
            _ => {
                let query = SEARCHES.get(turn % SEARCHES.len()).copied().unwrap_or_default();
                let facets = if turn.is_multiple_of(4) { "true" } else { "false" };
                (Asked::Search, self.get("/v1/search", &[("q", query), ("facets", facets)]))
            }
        };
        let status = answer.ok().and_then(|mut response| {
            let status = response.status().as_u16();
            response.body_mut().with_config().limit(1 << 30).read_to_vec().ok().map(|_| status)
        });
        (asked, status.unwrap_or(0))
    }

    fn get(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<ureq::http::Response<ureq::Body>, ureq::Error> {
        let request = self.agent.get(self.target.at(path)).query_pairs(query.iter().copied());
        if self.bearer.is_empty() {
            request.call()
        } else {
            request.header("Authorization", &self.bearer).call()
        }
    }

    fn post(&self, path: &str, body: &Value) -> Result<ureq::http::Response<ureq::Body>, ureq::Error> {
        let request = self.agent.post(self.target.at(path)).header("Content-Type", "application/json");
        let request =
            if self.bearer.is_empty() { request } else { request.header("Authorization", &self.bearer) };
        request.send(body.to_string())
    }
}

fn strings(list: Option<&Value>, key: &str) -> Vec<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|item| Some(item.get(key)?.as_str()?.to_owned())).collect()
}
