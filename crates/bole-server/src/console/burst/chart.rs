//! Arrivals and completions of the last five minutes as lines.

use std::fmt::Write;

use bole_engine::{Course, Moment};
use jiff::Timestamp;
use maud::{Markup, html};

use super::rate;
use crate::console::session::View;

/// The box that the lines are in, in units of its own: three a second from left to right.
const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 200.0;
const SECONDS: f64 = 300.0;
/// Samples come every second; where more is between two, the line breaks.
const GAP_S: f64 = 3.5;

pub(super) fn chart(view: &View, course: &Course, now: Timestamp) -> Markup {
    let highest = course.moments.iter().flat_map(|it| [it.arrivals_per_s, it.completions_per_s]);
    let top = scale(highest.fold(0.0, f64::max));
    let arrivals = path(course, now, top, |moment| moment.arrivals_per_s);
    let completions = path(course, now, top, |moment| moment.completions_per_s);
    let about = view
        .say("Arrivals and completions a second over the last five minutes", "最近五分钟每秒到达与完成数");
    html! {
        div.chart {
            div.levels.small.soft aria-hidden="true" {
                span { (rate(top)) } span { (rate(top / 2.0)) } span { "0" }
            }
            svg.lines viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) preserveAspectRatio="none" role="img" aria-label=(about) {
                @for (x, _) in MINUTES { line.grid x1=(x) x2=(x) y1="0" y2=(HEIGHT) {} }
                line.grid x1="0" x2=(WIDTH) y1="1" y2="1" {}
                line.grid x1="0" x2=(WIDTH) y1=(HEIGHT / 2.0) y2=(HEIGHT / 2.0) {}
                line.ground x1="0" x2=(WIDTH) y1=(HEIGHT - 1.0) y2=(HEIGHT - 1.0) {}
                path.completions d=(completions) {}
                path.arrivals d=(arrivals) {}
            }
            div.minutes.small.soft aria-hidden="true" {
                @for (x, minutes) in MINUTES { span { (minutes) @if x == 0 { (view.say(" min", " 分钟")) } } }
                span { (view.say("now", "现在")) }
            }
        }
        @if course.moments.is_empty() {
            p.soft.small.wait { (view.say("The lines begin after two seconds of watching.", "观察两秒后开始绘制曲线。")) }
        }
    }
}

/// Where the whole minutes before now are, and how many.
const MINUTES: [(u32, &str); 5] = [(0, "−5"), (180, "−4"), (360, "−3"), (540, "−2"), (720, "−1")];

/// A round number that is no less, and a half of which is round too: 2, 4, 10, 20, 40, 100 …
fn scale(highest: f64) -> f64 {
    let mut top = 2.0;
    for factor in [2.0, 2.5, 2.0].into_iter().cycle().take(40) {
        if top >= highest {
            break;
        }
        top *= factor;
    }
    top
}

fn path(course: &Course, now: Timestamp, top: f64, value: impl Fn(&Moment) -> f64) -> String {
    let mut path = String::with_capacity(course.moments.len() * 12);
    let mut before = f64::NEG_INFINITY;
    for moment in &course.moments {
        let seconds = now.duration_since(moment.at).as_secs_f64();
        if !(0.0..=SECONDS).contains(&seconds) {
            continue;
        }
        let x = WIDTH - seconds * (WIDTH / SECONDS);
        // A line that lies on an edge stays whole.
        let y = (HEIGHT - HEIGHT * value(moment) / top).clamp(2.0, HEIGHT - 2.0);
        let begins = -seconds - before > GAP_S;
        write!(path, "{}{x:.1} {y:.1}", if begins { 'M' } else { 'L' }).ok();
        before = -seconds;
    }
    path
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_scale_is_round_and_no_less() {
        for (highest, expected) in
            [(0.0, 2.0), (2.0, 2.0), (2.1, 4.0), (7.0, 10.0), (11.0, 20.0), (88.0, 100.0), (250.0, 400.0)]
        {
            assert!((scale(highest) - expected).abs() < f64::EPSILON * expected, "{highest}");
        }
    }

    #[test]
    fn a_line_breaks_where_nothing_is_known() {
        let at = |seconds: u64| Timestamp::UNIX_EPOCH + Duration::from_secs(seconds);
        let moment = |seconds| Moment { at: at(seconds), arrivals_per_s: 5.0, completions_per_s: 10.0 };
        let moments = [0, 100, 101, 200, 299].map(moment).into();
        let course = Course { moments, ..Course::default() };
        let drawn = path(&course, at(310), 10.0, |moment| moment.arrivals_per_s);
        assert_eq!(drawn, "M270.0 100.0L273.0 100.0M570.0 100.0M867.0 100.0", "the first is too long ago");
        let edge = path(&course, at(310), 10.0, |moment| moment.completions_per_s);
        assert!(edge.starts_with("M270.0 2.0L"), "{edge}");
    }
}
