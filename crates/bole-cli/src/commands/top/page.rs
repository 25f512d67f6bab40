//! The page: what is drawn is a function of what was seen and of the size of the terminal.

use std::time::Duration;

use bole_core::LedgerLine;
use bole_engine::{Course, Pace, Sample};
use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::{Alignment, Constraint, Layout, Rect};
use ratatui::style::{Color, Style, Stylize};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Clear, Paragraph, Row, Sparkline, Table, Wrap};

use crate::output::printable;

/// What is shown.
#[derive(Debug, Default)]
pub(super) struct View {
    /// Where the installation is.
    pub(super) place: String,
    pub(super) course: Course,
    /// Why there is nothing newer to show.
    pub(super) trouble: Option<String>,
    pub(super) now: Timestamp,
    /// It stands still at somebody's wish.
    pub(super) is_held: bool,
    pub(super) is_help_shown: bool,
}

const KEYS: &str = "q leave   p pause   ? help";
const HELP: [&str; 9] = [
    "q, Esc, Ctrl-C   leave",
    "p, space         have the page stand still, or go on",
    "?, h             show this, or hide it",
    "",
    "arrivals, done   submissions a second, over the last ten seconds",
    "in flight        received and not decided yet, as the store knows them",
    "at the broker    messages that no worker holds",
    "behind           changes that the search index, or the receipts,",
    "                 have not taken in yet",
];
/// The charts are so high, with their frames.
const CHART_HEIGHT: u16 = 7;
/// With fewer lines there are no charts.
const LEAST_FOR_CHARTS: u16 = 20;

pub(super) fn draw(frame: &mut Frame<'_>, view: &View) {
    let area = frame.area();
    let charts = if area.height < LEAST_FOR_CHARTS { 0 } else { CHART_HEIGHT };
    let trouble = u16::from(view.trouble.is_some()) * 2;
    let [head, notice, chart, numbers, rest, keys] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(trouble),
        Constraint::Length(charts),
        Constraint::Length(4),
        Constraint::Min(0),
        Constraint::Length(1),
    ])
    .areas(area);
    draw_head(frame, head, view);
    if let Some(trouble) = &view.trouble {
        let text = Paragraph::new(format!("away: {}", printable(trouble))).wrap(Wrap { trim: true });
        frame.render_widget(text.style(Style::new().fg(Color::Red).bold()), notice);
    }
    match &view.course.latest {
        Some(sample) => {
            if charts > 0 {
                draw_charts(frame, chart, &view.course, sample);
            }
            frame.render_widget(Paragraph::new(numbers_of(sample)), numbers);
            draw_portals(frame, rest, sample);
        }
        None => frame.render_widget(Paragraph::new("nothing was seen yet").dim(), numbers),
    }
    frame.render_widget(Paragraph::new(KEYS).dim(), keys);
    if view.is_help_shown {
        draw_help(frame, area);
    }
}

/// The name, how it goes, and when that was seen.
fn draw_head(frame: &mut Frame<'_>, area: Rect, view: &View) {
    let at = view.course.latest.as_ref().map(|sample| sample.at);
    let time = at.map_or_else(String::new, |at| at.strftime("%H:%M:%S UTC").to_string());
    let held = if view.is_held { "PAUSED  " } else { "" };
    let right = format!("{held}{time}");
    let [left, clock] =
        Layout::horizontal([Constraint::Min(0), Constraint::Length(right.chars().count() as u16)])
            .areas(area);
    let mut words = vec![Span::from("bole top  ").bold()];
    if let Some(sample) = &view.course.latest {
        let (word, color) = pace(Pace::of(&view.course, sample, view.now.max(sample.at)));
        words.extend([Span::from(word).fg(color).bold(), Span::from("  ")]);
    }
    words.push(Span::from(printable(&view.place)).dim());
    frame.render_widget(Paragraph::new(Line::from(words)), left);
    frame.render_widget(Paragraph::new(right).alignment(Alignment::Right), clock);
}

fn pace(pace: Pace) -> (String, Color) {
    match pace {
        Pace::Broken => ("THE LEDGER DOES NOT ADD UP".to_owned(), Color::Red),
        Pace::Unknown { since } => (format!("not seen for {}", time(since)), Color::Red),
        Pace::Still { since } => (format!("standing still for {}", time(since)), Color::Red),
        Pace::Growing => ("the backlog grows".to_owned(), Color::Yellow),
        Pace::Measuring => ("measuring".to_owned(), Color::Reset),
        Pace::Held => ("keeping up".to_owned(), Color::Green),
        Pace::Idle => ("nothing to do".to_owned(), Color::Green),
    }
}

fn draw_charts(frame: &mut Frame<'_>, area: Rect, course: &Course, sample: &Sample) {
    let halves: [Rect; 2] = Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).areas(area);
    let [arrivals, done] = halves;
    let rates = |rate: fn(&bole_engine::Moment) -> f64| -> Vec<u64> {
        course.moments.iter().map(|moment| rate(moment).round().max(0.0) as u64).collect()
    };
    let (came, went) = (rates(|moment| moment.arrivals_per_s), rates(|moment| moment.completions_per_s));
    // One scale for both, so that they can be compared.
    let most = came.iter().chain(&went).copied().max().unwrap_or(0).max(1);
    for (area, name, rates, now) in
        [(arrivals, "arrivals", came, sample.arrivals_per_s), (done, "done", went, sample.completions_per_s)]
    {
        let now = now.map_or_else(|| "–".to_owned(), |rate| format!("{rate:.1}"));
        let block = Block::new().borders(Borders::ALL).title(format!(" {name} {now}/s "));
        let width = usize::from(block.inner(area).width);
        let shown = rates.len().saturating_sub(width);
        let chart = Sparkline::default().block(block).max(most).data(rates.into_iter().skip(shown));
        frame.render_widget(chart, area);
    }
}

fn numbers_of(sample: &Sample) -> Vec<Line<'static>> {
    let oldest = sample.oldest_waiting_s.map_or_else(|| "–".to_owned(), |seconds| time(of_s(seconds)));
    let drain = sample.drain_s.map_or_else(|| "nobody knows when".to_owned(), |seconds| time(of_s(seconds)));
    let receipts = sample.receipts_lag.map_or_else(|| "none sent".to_owned(), |lag| format!("{lag} behind"));
    let reasons = sample.total.quarantined.iter();
    let reasons: Vec<_> = reasons.map(|(reason, count)| format!("{reason} {count}")).collect();
    let alarm = |number: u64, text: String| {
        if number > 0 { Span::from(text).fg(Color::Yellow).bold() } else { Span::from(text) }
    };
    let law = if sample.law_holds { "holds" } else { "IS BROKEN" };
    vec![
        Line::from(format!(
            "in flight {}   at the broker {}   oldest {oldest}   done in {drain}",
            sample.total.queued, sample.n_in_queue
        )),
        Line::from(format!(
            "searchable {}   index {} behind   receipts {receipts}",
            sample.n_searchable, sample.index_lag
        )),
        Line::from(vec![
            alarm(sample.n_dead_letters, format!("dead {}", sample.n_dead_letters)),
            Span::from("   "),
            alarm(sample.n_unroutable, format!("unroutable {}", sample.n_unroutable)),
            Span::from("   "),
            alarm(u64::from(!sample.law_holds), format!("the law {law}")),
        ]),
        Line::from(if reasons.is_empty() {
            "quarantine empty".to_owned()
        } else {
            format!("quarantine {}", reasons.join(", "))
        }),
    ]
}

fn draw_portals(frame: &mut Frame<'_>, area: Rect, sample: &Sample) {
    let header = Row::new(["portal", "received", "indexed", "duplicate", "quarant.", "in flight", ""]).bold();
    let row = |name: &str, line: &LedgerLine, note: &str| {
        let counts = [line.received, line.indexed, line.duplicate, line.n_quarantined(), line.queued];
        let counts = counts.map(|count| count.to_string());
        Row::new([name.to_owned()].into_iter().chain(counts).chain([note.to_owned()]).collect::<Vec<_>>())
    };
    let mut portals: Vec<_> = sample.ledger.portals.iter().collect();
    // Whoever waits most comes first, so that a short terminal shows who matters.
    portals.sort_by(|(name, line), (other_name, other)| {
        other.queued.cmp(&line.queued).then_with(|| name.cmp(other_name))
    });
    let note = |name: &str| {
        let is_paused = sample.paused.iter().any(|portal| portal.as_str() == name);
        if is_paused { "paused" } else { "" }
    };
    let paused_only =
        sample.paused.iter().filter(|portal| !sample.ledger.portals.contains_key(portal.as_str()));
    let mut rows: Vec<_> = portals.into_iter().map(|(name, line)| row(name, line, note(name))).collect();
    rows.extend(paused_only.map(|portal| row(portal.as_str(), &LedgerLine::default(), "paused")));
    // The head and all together take a line each.
    let n_shown = usize::from(area.height).saturating_sub(2);
    if rows.len() > n_shown && n_shown > 0 {
        let n_left_out = rows.len() - (n_shown - 1);
        rows.truncate(n_shown - 1);
        rows.push(Row::new([format!("… {n_left_out} more")]).dim());
    }
    rows.push(row("all", &sample.total, "").bold());
    let widths = [
        Constraint::Min(12),
        Constraint::Length(9),
        Constraint::Length(9),
        Constraint::Length(9),
        Constraint::Length(9),
        Constraint::Length(9),
        Constraint::Length(6),
    ];
    frame.render_widget(Table::new(rows, widths).header(header), area);
}

fn draw_help(frame: &mut Frame<'_>, area: Rect) {
    let (width, height) = (72.min(area.width), (HELP.len() as u16 + 2).min(area.height));
    let place =
        Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    let text: Vec<_> = HELP.iter().map(|line| Line::from(format!(" {line}"))).collect();
    frame.render_widget(Clear, place);
    frame.render_widget(
        Paragraph::new(text).block(Block::new().borders(Borders::ALL).title(" bole top ")),
        place,
    );
}

fn of_s(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

/// In the two largest units that matter.
fn time(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests;
