//! What a key must not learn of, neither by asking for it nor beside something else.

use std::fmt::Write;

use anyhow::{Context, Result};
use bole_tests::{Answer, Installation, Running, image_only_pdf, text_pdf};
use serde_json::{Value, json};

use super::{Client, column, escaped, unzipped, wait_until_found};

/// Things of each kind that are there and must not be seen, and such as are not there at all.
struct Pair {
    hidden: String,
    absent: &'static str,
}

const NO_RESUME: &str = "abababababababababababababababababababababababababababababababab";
const NO_UUID: &str = "00000000-0000-4000-8000-00000000000a";
const FORMATS: [&str; 4] = ["csv", "xlsx", "jsonl", "json-resume"];
/// All that there is.
const EVERYTHING: &str = "field:any OR field:finance OR field:energy-storage OR field:aerospace";

/// What a recruiter of finance must not see, and what they see.
struct World {
    all: Client,
    finance: Client,
    /// Resumes in scope.
    own: Vec<String>,
    /// Resumes out of it, one that could not be read included.
    foreign: Vec<String>,
    foreign_note: String,
    foreign_runs: Vec<String>,
    own_list: String,
    foreign_list: String,
    /// Ids, names and words that only what is out of scope has.
    secrets: Vec<String>,
}

/// Looks for anything that a portal sees of another, or a recruiter of finance of other fields.
pub(super) fn find(installation: &Installation, server: &Running) -> Result<Vec<String>> {
    let mut leaks = of_portals(installation, server)?;
    let world = World::make(installation, server)?;
    for (what, hidden, absent) in world.asked_for()? {
        if told(&hidden) != told(&absent) {
            leaks.push(format!("{what}: {hidden:?} is not what absent gets, {absent:?}"));
        }
    }
    leaks.extend(world.beside()?);
    Ok(leaks)
}

fn of_portals(installation: &Installation, server: &Running) -> Result<Vec<String>> {
    let client = |portal| Client::new(server.address(), installation.keys().bearer(portal));
    let (a, b) = (client("a"), client("b"));
    a.submit("only-of-a", &[], &text_pdf(&["Gil Onlyofa", "Bookkeeper, ledgers"]))?;
    let mut leaks = Vec::new();
    for _ in 0..2 {
        let hidden = b.get("/v1/submissions/only-of-a")?;
        let absent = b.get("/v1/submissions/never-sent")?;
        if hidden.status != 404 || told(&hidden) != told(&absent) {
            leaks.push(format!("a portal's submission: {hidden:?}"));
        }
    }
    let listed = b.get("/v1/submissions?limit=1000")?;
    if listed.body.contains("only-of-a") {
        leaks.push(format!("a portal's list: {listed:?}"));
    }
    let asked = b.done("POST /v1/portals/me/reconcile", &json!({ "ids": ["only-of-a", "never-sent"] }))?;
    if asked != json!({ "known": [], "unknown": ["only-of-a", "never-sent"] }) {
        leaks.push(format!("reconciling: {asked}"));
    }
    // It is there for whom it belongs to.
    assert_eq!(a.read("/v1/submissions/only-of-a")?["state"], "indexed");
    Ok(leaks)
}

/// A resume of some lines beside the name.
fn resume(name: &str, lines: [&str; 3]) -> Vec<u8> {
    resume_at(&format!("{}@example.org", name.to_lowercase().replace(' ', ".")), name, lines)
}

fn resume_at(mail: &str, name: &str, lines: [&str; 3]) -> Vec<u8> {
    text_pdf(&[name, mail, "Work experience", lines[0], lines[1], lines[2]])
}

/// The first digits of an id.
fn short(id: &str, n_digits: usize) -> String {
    id.chars().take(n_digits).collect()
}

/// What an answer tells, but for the id of the request.
fn told(answer: &Answer) -> (u16, Value, String) {
    let mut body = answer.json();
    if let Some(members) = body.as_object_mut() {
        members.remove("instance");
    }
    let text = if body.is_null() { answer.body.clone() } else { String::new() };
    (answer.status, body, text)
}

impl World {
    fn make(installation: &Installation, server: &Running) -> Result<Self> {
        let portal = Client::new(server.address(), installation.keys().bearer("a"));
        let all = Client::of(installation, server, &["recruiter"])?;
        let finance = Client::of(installation, server, &["recruiter", "--field", "finance"])?;
        let submit = |id: &str, field: &str, date: &str, candidate: &str, file: &[u8]| {
            let headers =
                [("Bole-Field", field), ("Bole-Document-Date", date), ("Bole-Candidate-Ref", candidate)];
            portal.submit(id, &headers, file)
        };
        let auditor = ["2018.03 - 2024.08  Senior auditor, Northgate Ltd", "Internal audit, IFRS", "CPA"];
        let teller = ["2016.03 - 2021.08  Loan officer, Southbank Ltd", "Lending, risk management", "FRM"];
        let cells =
            ["2019.03 - 2024.08  Battery engineer, Zirconia Ltd", "Lithium-ion cells", "Audit of BMS"];
        let anode = ["2017.03 - 2022.08  Cell engineer, Perovskite Ltd", "Energy storage systems", "Coating"];
        // Somebody of another field gives the address of the first.
        let shared_mail = resume_at("ann.ledgerwood@example.org", "Dov Cathodeman", anode);
        let own = vec![
            submit("f-1", "finance", "2026-01-05", "c-1", &resume("Ann Ledgerwood", auditor))?,
            submit("f-2", "finance", "2026-01-06", "c-2", &resume("Ben Tallyman", teller))?,
            // An older resume of somebody whose newer one was sent for another field.
            submit("f-3", "finance", "2024-01-07", "c-3", &resume("Eve Crossover", teller))?,
        ];
        let foreign = vec![
            submit("secret-1", "energy-storage", "2026-01-05", "c-4", &resume("Cleo Anodefield", cells))?,
            submit("secret-2", "energy-storage", "2026-01-06", "c-5", &shared_mail)?,
            submit("secret-3", "energy-storage", "2026-01-07", "c-3", &resume("Eve Crossover", cells))?,
            submit("secret-4", "energy-storage", "2026-01-08", "c-6", &image_only_pdf())?,
        ];
        submit("f-4", "finance", "2026-01-08", "c-7", b"a letter, and no PDF")?;
        wait_until_found(&all, EVERYTHING, 7 + 1)?;

        let ann = all.read(&format!("/v1/candidates/{}", own[0]))?;
        let alike = json!([{ "resume": foreign[1], "by_contact": true }]);
        let told = &ann["possibly_same"]["people"];
        assert_eq!(json!([{ "resume": told[0]["resume"], "by_contact": told[0]["by_contact"] }]), alike);

        let mut foreign_runs = Vec::new();
        for profile in ["energy-storage", "finance"] {
            let run = all.done("POST /v1/matches", &json!({ "profile": profile }))?;
            foreign_runs.push(run["run"].as_str().context("a run")?.to_owned());
        }
        let list = |client: &Client, name: &str, profile: &str| -> Result<String> {
            let made = client.done("POST /v1/shortlists", &json!({ "name": name, "profile": profile }))?;
            Ok(made["id"].as_str().context("an id")?.to_owned())
        };
        let foreign_list = list(&all, "Hidden cells", "energy-storage")?;
        // A list of finance holds somebody of another field: who puts them there may.
        let own_list = list(&all, "Audit", "finance")?;
        let entries = json!({ "entries": [{ "resume": own[0] }, { "resume": foreign[0] }] });
        for list in [&foreign_list, &own_list] {
            all.done(&format!("POST /v1/shortlists/{list}/entries"), &entries)?;
        }
        let mut foreign_note = String::new();
        for document in foreign.iter().take(3) {
            let note = json!({ "text": "Whispered about cells" });
            let note = all.done(&format!("POST /v1/candidates/{document}/notes"), &note)?;
            note["id"].as_str().context("an id")?.clone_into(&mut foreign_note);
            let decision = json!({ "profile": "energy-storage", "choice": "advance" });
            all.done(&format!("POST /v1/candidates/{document}/decisions"), &decision)?;
        }
        let words =
            ["Anodefield", "Cathodeman", "Zirconia", "Perovskite", "Whispered", "Hidden cells", "secret-"];
        let secrets = words.map(str::to_owned).into_iter();
        let ids = foreign.iter().map(|id| short(id, 16)).chain(foreign_runs.iter().cloned());
        let secrets = secrets.chain(ids).chain([foreign_list.clone(), foreign_note.clone()]).collect();
        Ok(Self { all, finance, own, foreign, foreign_note, foreign_runs, own_list, foreign_list, secrets })
    }

    /// Everything that can be asked for by name: of what is hidden, and of what is not there.
    fn asked_for(&self) -> Result<Vec<(String, Answer, Answer)>> {
        let mut answers = Vec::new();
        let mut ask = |pair: &Pair, line: &str, body: &Value| -> Result<()> {
            let with = |id: &str| {
                let body = if body.is_null() { String::new() } else { body.to_string().replace("{}", id) };
                self.finance.ask(&line.replace("{}", id), &[("Content-Type", "application/json")], body)
            };
            let (hidden, absent) = (with(&pair.hidden)?, with(pair.absent)?);
            assert!(absent.status == 404 || absent.status == 422, "{line} of what is absent: {absent:?}");
            answers.push((format!("{line} of {}", pair.hidden), hidden, absent));
            Ok(())
        };
        let (own, none) = (&self.own[0], Value::Null);
        let resumes = self.foreign.iter().flat_map(|id| {
            let whole = Pair { hidden: id.clone(), absent: NO_RESUME };
            [whole, Pair { hidden: short(id, 8), absent: "abababab" }]
        });
        for pair in resumes {
            ask(&pair, "GET /v1/candidates/{}", &none)?;
            ask(&pair, "GET /v1/candidates/{}/original", &none)?;
            ask(&pair, "POST /v1/candidates/{}/evidence", &json!({ "profile": "finance" }))?;
            let decision = json!({ "profile": "finance", "choice": "hold" });
            ask(&pair, "POST /v1/candidates/{}/decisions", &decision)?;
            ask(&pair, "POST /v1/candidates/{}/notes", &json!({ "text": "a note" }))?;
            let note = format!("DELETE /v1/candidates/{{}}/notes/{}", self.foreign_note);
            ask(&pair, &note, &none)?;
            for resumes in [json!([own, "{}"]), json!(["{}", own])] {
                ask(&pair, "POST /v1/compare", &json!({ "profile": "finance", "resumes": resumes }))?;
            }
            let entries = json!({ "entries": [{ "resume": "{}" }] });
            ask(&pair, &format!("POST /v1/shortlists/{}/entries", self.own_list), &entries)?;
            ask(&pair, &format!("DELETE /v1/shortlists/{}/entries/{{}}", self.own_list), &none)?;
        }
        let note = Pair { hidden: self.foreign_note.clone(), absent: NO_UUID };
        ask(&note, &format!("DELETE /v1/candidates/{own}/notes/{{}}"), &none)?;
        for run in &self.foreign_runs {
            let pairs = [
                Pair { hidden: run.clone(), absent: "0123456789abcdef" },
                Pair { hidden: short(run, 8), absent: "01234567" },
            ];
            for pair in &pairs {
                for page in ["", "/unreadable", "/older-versions"] {
                    ask(pair, &format!("GET /v1/matches/{{}}{page}"), &none)?;
                }
                for format in FORMATS {
                    ask(pair, &format!("GET /v1/matches/{{}}/export?format={format}"), &none)?;
                }
            }
        }
        let list = Pair { hidden: self.foreign_list.clone(), absent: NO_UUID };
        ask(&list, "GET /v1/shortlists/{}", &none)?;
        ask(&list, "PATCH /v1/shortlists/{}", &json!({ "name": "mine" }))?;
        ask(&list, "DELETE /v1/shortlists/{}", &none)?;
        ask(&list, "POST /v1/shortlists/{}/entries", &json!({ "entries": [{ "resume": own }] }))?;
        ask(&list, &format!("DELETE /v1/shortlists/{{}}/entries/{own}"), &none)?;
        for format in FORMATS {
            ask(&list, &format!("GET /v1/shortlists/{{}}/export?format={format}"), &none)?;
        }
        let profile = Pair { hidden: "energy-storage".to_owned(), absent: "nowhere" };
        ask(&profile, "GET /v1/profiles/{}", &none)?;
        ask(&profile, "GET /v1/profiles/{}/versions", &none)?;
        let by = json!({ "profile": "{}" });
        ask(&profile, "POST /v1/matches", &by)?;
        ask(&profile, &format!("POST /v1/candidates/{own}/evidence"), &by)?;
        ask(&profile, "POST /v1/compare", &json!({ "profile": "{}", "resumes": [own, self.own[1]] }))?;
        ask(&profile, "POST /v1/shortlists", &json!({ "name": "a", "profile": "{}" }))?;
        let decision = json!({ "profile": "{}", "choice": "hold" });
        ask(&profile, &format!("POST /v1/candidates/{own}/decisions"), &decision)?;
        Ok(answers)
    }

    /// All that a recruiter of finance may ask, looked through for what they must not see.
    fn beside(&self) -> Result<Vec<String>> {
        let mut leaks = Vec::new();
        let mut look = |what: &str, sent: &str, text: &str| {
            let text = text.to_lowercase();
            for secret in self.secrets.iter().map(|secret| secret.to_lowercase()) {
                // An answer repeats the question.
                if text.contains(&secret) && !sent.to_lowercase().contains(&secret) {
                    leaks.push(format!("`{secret}` in {what}: {text}"));
                }
            }
        };
        let words =
            [EVERYTHING, "audit", "engineer OR auditor", "name:crossover", "zirconia", "name:anodefield"];
        for query in words.into_iter().chain(["source:secret", "perovskite OR audit"]) {
            let path = format!("/v1/search?facets=true&limit=100&q={}", escaped(query));
            let found = self.finance.read(&path)?;
            look(&format!("search for {query}"), query, &found.to_string());
            let fields = found["facets"]["field"].as_object().context("facets")?;
            if fields.keys().any(|field| field != "finance" && field != "any") {
                look("facets", "", &format!("secret-{fields:?}"));
            }
            let n_found = found["n_found"].as_u64().context("a number")?;
            if n_found != found["hits"].as_array().context("hits")?.len() as u64 {
                look("the number of hits", "", &format!("secret-{found}"));
            }
        }
        let filters = json!({ "profile": "finance", "filters": ["lithium OR audit"], "limit": 200 });
        for wanted in [json!({ "profile": "finance", "limit": 200 }), filters] {
            let matched = self.finance.done("POST /v1/matches", &wanted)?;
            look("a match", "", &matched.to_string());
            assert!(!column(&matched["results"], "resume").is_empty(), "{matched}");
            let run = matched["run"].as_str().context("a run")?;
            for page in ["", "/unreadable", "/older-versions"] {
                look(page, "", &self.finance.read(&format!("/v1/matches/{run}{page}"))?.to_string());
            }
            for format in FORMATS {
                let file = self.finance.get(&format!("/v1/matches/{run}/export?format={format}"))?;
                look(&format!("a match as {format}"), "", &text_of(&file)?);
            }
        }
        for format in FORMATS {
            let file =
                self.finance.get(&format!("/v1/shortlists/{}/export?format={format}", self.own_list))?;
            look(&format!("a shortlist as {format}"), "", &text_of(&file)?);
        }
        for path in ["/v1/shortlists", &format!("/v1/shortlists/{}", self.own_list), "/v1/profiles"] {
            let answer = self.finance.read(path)?.to_string();
            look(path, "", &answer);
            assert!(!answer.contains("energy-storage"), "{path}: {answer}");
        }
        for own in &self.own {
            look("a candidate", "", &self.finance.read(&format!("/v1/candidates/{own}"))?.to_string());
            let by = json!({ "profile": "finance" });
            let evidence = self.finance.done(&format!("POST /v1/candidates/{own}/evidence"), &by)?;
            look("evidence", "", &evidence.to_string());
        }
        let compared = json!({ "profile": "finance", "resumes": self.own });
        look("a comparison", "", &self.finance.done("POST /v1/compare", &compared)?.to_string());
        // The same eyes find it where it may be seen.
        let mut n_seen = 0;
        let older = self.all.read(&format!("/v1/candidates/{}", self.own[2]))?.to_string();
        for secret in ["Whispered", &self.foreign[2]] {
            n_seen += usize::from(older.contains(secret));
        }
        assert_eq!(n_seen, 2, "{older}");
        Ok(leaks)
    }
}

/// What an exported file says.
fn text_of(answer: &Answer) -> Result<String> {
    assert_eq!(answer.status, 200, "{answer:?}");
    if !answer.bytes.starts_with(b"PK") {
        return Ok(answer.body.clone());
    }
    let mut text = String::new();
    for (name, file) in unzipped(&answer.bytes)? {
        writeln!(text, "{name}\n{}", String::from_utf8_lossy(&file))?;
    }
    Ok(text)
}
