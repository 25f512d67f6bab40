use std::collections::BTreeMap;
use std::sync::Arc;

use bole_core::{Ledger, Reason};
use bole_engine::Moment;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;

fn line(n_received: u64, n_queued: u64) -> LedgerLine {
    LedgerLine {
        received: n_received,
        queued: n_queued,
        indexed: n_received - n_queued - 7,
        duplicate: 2,
        quarantined: BTreeMap::from([(Reason::NoText, 4), (Reason::Encrypted, 1)]),
        ..LedgerLine::default()
    }
}

/// A burst of three minutes, of so many portals, as it is at 09:30.
fn burst(n_portals: u64) -> View {
    let begin: Timestamp = "2026-11-21T09:27:00Z".parse().unwrap();
    let now = begin + Duration::from_mins(3);
    let moments = (0..180_u32).map(|second| Moment {
        at: begin + Duration::from_secs(u64::from(second)),
        arrivals_per_s: if second < 120 { f64::from(second) * 4.0 } else { 20.0 },
        completions_per_s: f64::from(second.min(75)) * 4.0,
    });
    let portals = (0..n_portals).map(|number| (format!("portal-{number}"), line(1000 + number, number * 10)));
    let ledger = Ledger { portals: portals.collect() };
    let total = ledger.total();
    let sample = Sample {
        at: now,
        law_holds: true,
        arrivals_per_s: Some(20.0),
        completions_per_s: Some(300.25),
        oldest_waiting_s: Some(75.4),
        drain_s: Some(4000.0),
        n_in_queue: 1234,
        n_unroutable: 0,
        n_dead_letters: 2,
        paused: ["portal-1", "quiet"].map(|name| name.parse().unwrap()).to_vec(),
        n_searchable: 29_000,
        index_lag: 17,
        receipts_lag: Some(0),
        total,
        ledger,
    };
    let course = Course { latest: Some(Arc::new(sample)), moments: moments.collect(), ..Course::default() };
    View { place: "postgres://bole@db.example/bole".to_owned(), course, now, ..View::default() }
}

fn drawn(view: &View, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(frame, view)).unwrap();
    terminal.backend().to_string()
}

#[test]
fn a_burst_on_a_usual_terminal() {
    insta::assert_snapshot!(drawn(&burst(3), 80, 24));
}

#[test]
fn a_burst_of_many_portals_on_a_wide_one() {
    insta::assert_snapshot!(drawn(&burst(40), 130, 40));
}

#[test]
fn an_outage_leaves_what_was_seen_last() {
    let mut view = burst(2);
    view.trouble = Some("the store is away: look at its disk or server".to_owned());
    view.now += Duration::from_secs(90);
    view.is_held = true;
    insta::assert_snapshot!(drawn(&view, 80, 24));
}

#[test]
fn before_the_first_sample_and_with_help() {
    let view = View { place: "./bole-data".to_owned(), is_help_shown: true, ..View::default() };
    insta::assert_snapshot!(drawn(&view, 80, 24));
}

#[test]
fn no_terminal_is_too_small() {
    let view = View { is_help_shown: true, trouble: Some("away".to_owned()), ..burst(40) };
    for (width, height) in [(1, 1), (20, 5), (40, 10), (500, 200)] {
        drawn(&view, width, height);
    }
    assert!(drawn(&burst(40), 60, 12).contains("in flight"));
}

#[test]
fn who_waits_most_stands_first() {
    let page = drawn(&burst(40), 80, 24);
    let place = |name: &str| page.find(name).unwrap();
    assert!(place("portal-39") < place("portal-38"), "{page}");
    assert!(page.contains("more"), "{page}");
}

#[test]
fn names_of_places_cannot_move_the_cursor() {
    let view = View { place: "\u{1b}[2Jdata".to_owned(), ..burst(1) };
    assert!(!drawn(&view, 80, 24).contains('\u{1b}'));
}
