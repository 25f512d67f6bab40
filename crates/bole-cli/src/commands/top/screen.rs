//! The terminal while a page is on it, and the keys that are pressed.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::{DefaultTerminal, Frame};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// How often the thread that listens looks whether it is still needed.
const LISTEN: Duration = Duration::from_millis(100);
/// Keys that nobody has taken up yet.
const N_KEYS: usize = 16;

/// What somebody wants by a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// To end.
    Leave,
    /// That the page stands still, or goes on.
    Hold,
    /// To see what the keys do, or not any more.
    Help,
    /// That the page is drawn anew: the terminal has another size.
    Nothing,
}

/// The terminal, given back as it was however this ends: dropped, or by a panic.
pub(super) struct Screen {
    terminal: DefaultTerminal,
    wishes: Receiver<io::Result<Wish>>,
    is_left: Arc<AtomicBool>,
}

impl Screen {
    pub(super) fn open() -> io::Result<Self> {
        let terminal = ratatui::try_init()?;
        let (sender, wishes) = channel(N_KEYS);
        let is_left = Arc::new(AtomicBool::new(false));
        let listening = Arc::clone(&is_left);
        // Waiting for keys blocks a thread.
        thread::spawn(move || listen(&sender, &listening));
        Ok(Self { terminal, wishes, is_left })
    }

    pub(super) fn draw(&mut self, page: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.terminal.draw(page).map(drop)
    }

    /// The next that somebody wants.
    pub(super) async fn wish(&mut self) -> io::Result<Wish> {
        // Without anybody who listens the terminal is gone.
        self.wishes.recv().await.unwrap_or(Ok(Wish::Leave))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.is_left.store(true, Ordering::Relaxed);
        ratatui::restore();
    }
}

fn listen(wishes: &Sender<io::Result<Wish>>, is_left: &AtomicBool) {
    while !is_left.load(Ordering::Relaxed) {
        let wish = match event::poll(LISTEN) {
            Ok(false) => continue,
            Ok(true) => event::read().map(|event| wish_of(&event)).transpose(),
            Err(error) => Some(Err(error)),
        };
        let Some(wish) = wish else { continue };
        let is_last = wish.is_err();
        if wishes.blocking_send(wish).is_err() || is_last {
            return;
        }
    }
}

fn wish_of(event: &Event) -> Option<Wish> {
    match event {
        Event::Key(KeyEvent {
            code, modifiers, kind: KeyEventKind::Press | KeyEventKind::Repeat, ..
        }) => match code {
            KeyCode::Char('c' | 'd') if modifiers.contains(KeyModifiers::CONTROL) => Some(Wish::Leave),
            KeyCode::Char('q') | KeyCode::Esc => Some(Wish::Leave),
            KeyCode::Char('p' | ' ') => Some(Wish::Hold),
            KeyCode::Char('?' | 'h') => Some(Wish::Help),
            _ => None,
        },
        Event::Resize(..) => Some(Wish::Nothing),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_mean_what_the_help_says() {
        let key = |code, modifiers| wish_of(&Event::Key(KeyEvent::new(code, modifiers)));
        assert_eq!(key(KeyCode::Char('q'), KeyModifiers::NONE), Some(Wish::Leave));
        assert_eq!(key(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Wish::Leave));
        assert_eq!(key(KeyCode::Char('c'), KeyModifiers::NONE), None);
        assert_eq!(key(KeyCode::Char('p'), KeyModifiers::NONE), Some(Wish::Hold));
        assert_eq!(key(KeyCode::Char('?'), KeyModifiers::SHIFT), Some(Wish::Help));
        assert_eq!(wish_of(&Event::Resize(80, 24)), Some(Wish::Nothing));
        assert_eq!(wish_of(&Event::FocusGained), None);
    }
}
