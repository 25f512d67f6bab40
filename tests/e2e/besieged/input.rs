//! What is asked and sent: queries, bodies and forms that somebody made to break something.

use anyhow::{Result, ensure};
use bole_tests::{head, request};
use serde_json::json;

use super::{Besieged, MIB, POST, status, tell};

/// Numbers that look random and are the same in every run: xorshift, of any seed but 0.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices.get(self.below(choices.len())).copied().unwrap_or_default()
    }
}

/// As it is in an address; what is escaped already stays.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |all, byte| match byte {
        b'%' => all + "%",
        _ if byte.is_ascii_alphanumeric() => all + char::from(byte).encode_utf8(&mut [0; 4]),
        _ => all + &format!("%{byte:02X}"),
    })
}

const WORDS: &[&str] = &[
    "(",
    ")",
    "((",
    "\"",
    "AND",
    "OR",
    "NOT",
    " ",
    " ",
    ":",
    "*",
    "?",
    "-",
    "+",
    "~2",
    "^9",
    "\\",
    "/",
    "[1 TO 9]",
    "{",
    "title:",
    "degree:doctor",
    "name:",
    "field:finance",
    "year:>9",
    "language:",
    "unknown:",
    "audit",
    "审计",
    "固态电池",
    "\u{202e}",
    "\u{200b}",
    "e\u{301}",
    "\u{1f9d1}\u{200d}\u{1f52c}",
    "%00",
    "%ED%A0%80",
    "%FF",
    "%ED%B0%80",
    "\t",
    "99999999999999999999",
    "-0",
    "NaN",
    "'; DROP TABLE submission;--",
    "<script>",
    "${x}",
    "=cmd|'x'!A0",
];

#[test]
fn whatever_is_searched_for_is_answered_or_refused() -> Result<()> {
    let besieged = Besieged::open()?;
    besieged.installation.succeed(["ingest", &bole_tests::demo_resumes().to_string_lossy()])?;
    let mut seeded = Seeded(20_260_301);
    let key = ("Authorization", besieged.recruiter.as_str());
    let json = ("Content-Type", "application/json");
    let mut queries: Vec<_> = (0..2000)
        .map(|_| {
            (0..=seeded.below(24)).map(|_| seeded.of(WORDS)).collect::<Vec<_>>().join(seeded.of(&["", " "]))
        })
        .collect();
    let nested = |n: usize| "(".repeat(n) + "audit" + &")".repeat(n);
    queries.extend([0, 1, 16, 17, 250, 20_000].map(nested));
    queries.extend([511, 512, 513, 60_000].map(|n| "a".repeat(n)));
    let mut n_answered = 0;
    for (number, query) in queries.iter().enumerate() {
        let line = format!("GET /v1/search?facets=true&q={}", escaped(query));
        let answer = tell(besieged.at(), head(&line, &[key]).as_bytes())?;
        let status = status(&answer);
        ensure!(matches!(status, Some(200 | 400 | 414 | 422 | 431)), "`{query}`: {answer}");
        n_answered += usize::from(status == Some(200));
        // A match costs more.
        if number % 20 == 0 {
            let body = json!({ "profile": "finance", "filters": [query] }).to_string();
            let answer = request(besieged.at(), "POST /v1/matches", &[key, json], body)?;
            ensure!(matches!(answer.status, 200 | 422), "`{query}`: {answer:?}");
        }
    }
    ensure!(n_answered > 100, "only {n_answered} of {} are queries", queries.len());
    let body = json!({ "profile": "finance", "filters": [nested(50_000)] }).to_string();
    ensure!(request(besieged.at(), "POST /v1/matches", &[key, json], body)?.status == 422);
    besieged.end()
}

#[test]
fn bodies_that_unfold_are_refused() -> Result<()> {
    let besieged = Besieged::open()?;
    let at = besieged.at();
    let key = ("Authorization", besieged.recruiter.as_str());
    let json = ("Content-Type", "application/json");
    let deep = "[".repeat(100_000);
    let bombs = [
        deep.clone(),
        "{\"a\":".repeat(100_000),
        format!("{{\"profile\": \"finance\", \"top\": 1{}}}", "0".repeat(100_000)),
        "{\"profile\": \"finance\", \"top\": 1e999999}".to_owned(),
        "{\"profile\": \"finance\", \"top\": -1}".to_owned(),
        "{\"profile\": \"finance\", \"profile\": \"aerospace\"}".to_owned(),
        format!("{{\"profile\": {deep}"),
        "{\"profile\": \"\\ud800\"}".to_owned(),
        "\u{feff}{\"profile\": \"finance\"}".to_owned(),
        "{\"profile\": \"finance\"} {}".to_owned(),
    ];
    let profiles = [
        format!("a = {deep}"),
        format!("a = {}", "{a=".repeat(100_000)),
        format!("{} = 1", vec!["a"; 100_000].join(".")),
        format!("[{}]", vec!["a"; 100_000].join(".")),
        "[[groups]]\n".repeat(60_000),
        format!("name_en = \"\"\"{}", "\\\n".repeat(100_000)),
        format!("a = 1{}", "0".repeat(100_000)),
        "a = 1\na = 2".to_owned(),
    ];
    let profile = |toml: &String| [json!({ "toml": toml }), json!({ "profile": { "toml": toml } })];
    let told = profiles.iter().flat_map(profile).map(|body| body.to_string());
    for body in bombs.into_iter().chain(told) {
        for line in ["POST /v1/matches", "POST /v1/profiles/check", "POST /v1/compare"] {
            let answer = request(at, line, &[key, json], &body)?;
            let shown: String = body.chars().take(60).collect();
            ensure!(matches!(answer.status, 400 | 413 | 422), "{line} {shown}: {answer:?}");
        }
    }
    let large = format!("\"{}\"", "x".repeat(MIB - 1));
    ensure!(request(at, "POST /v1/matches", &[key, json], large)?.status == 413);
    besieged.end()
}

#[test]
fn forms_that_are_none_are_refused() -> Result<()> {
    let besieged = Besieged::open()?;
    let part = |name: &str, more: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\nx\r\n")
    };
    let file = part("file", "");
    let kind = "multipart/form-data; boundary=b";
    for (what, kind, body) in [
        ("no boundary", "multipart/form-data", file.clone() + "--b--"),
        ("an empty boundary", "multipart/form-data; boundary=", file.clone() + "--b--"),
        ("another boundary", "multipart/form-data; boundary=c", file.clone() + "--b--"),
        ("no end", kind, file.clone()),
        ("nothing", kind, String::new()),
        ("no file", kind, part("id", "") + "--b--"),
        ("two files", kind, file.repeat(2) + "--b--"),
        (
            "thousands of parts",
            kind,
            (0..5000).map(|n| part(&n.to_string(), "")).collect::<String>() + "--b--",
        ),
        ("thousands of ids", kind, part("id", "").repeat(5000) + &file + "--b--"),
        ("a huge head", kind, part("file", &format!("; padding=\"{}\"", "x".repeat(MIB))) + "--b--"),
        ("a thousand heads", kind, part("file", &"\r\nPadding: x".repeat(1000)) + "--b--"),
        ("no name", kind, "--b\r\n\r\nx\r\n--b--".to_owned()),
    ] {
        let headers = [("Authorization", besieged.portal.as_str()), ("Content-Type", kind)];
        let answer = request(besieged.at(), POST, &headers, body)?;
        ensure!(matches!(answer.status, 400 | 413 | 422), "{what}: {answer:?}");
    }
    besieged.end()
}
