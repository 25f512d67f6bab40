//! What a person does: click, type, drag, point, press keys.

use anyhow::{Result, ensure};
use fantoccini::actions::{
    InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction,
};
use fantoccini::key::Key;
use serde_json::json;

use super::Browser;

/// The knob of a slider is about as wide as high, in CSS pixels; keys set right what this leaves.
const KNOB: f64 = 16.0;

/// How many steps a slider may be off after it was dragged.
const OFF: f64 = 500.0;

impl Browser {
    /// Clicks an element in its middle.
    pub fn click(&self, css: &str) -> Result<()> {
        self.on(css, async |element| element.click().await)
    }

    /// Replaces what is in a field by typing.
    pub fn type_in(&self, css: &str, text: &str) -> Result<()> {
        let keys = format!("{}a{}{}{text}", Key::Control, Key::Null, Key::Delete);
        self.on(css, async |element| element.send_keys(&keys).await)
    }

    /// Presses a key where the focus is.
    pub fn press(&self, key: impl Into<char>) -> Result<()> {
        self.press_all(&[key.into()])
    }

    /// Presses a key while another is held.
    pub fn press_holding(&self, held: impl Into<char>, key: impl Into<char>) -> Result<()> {
        self.press_all(&[held.into(), key.into()])
    }

    fn press_all(&self, keys: &[char]) -> Result<()> {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for value in keys {
            actions = actions.then(KeyAction::Down { value: *value });
        }
        for value in keys.iter().rev() {
            actions = actions.then(KeyAction::Up { value: *value });
        }
        self.told(self.wait_on(self.client.perform_actions(actions)))
    }

    /// Points at an element without a click.
    pub fn hover(&self, css: &str) -> Result<()> {
        let actions = async |element| {
            let actions = MouseActions::new("mouse".to_owned());
            actions.then(PointerAction::MoveToElement { element, duration: None, x: 0.0, y: 0.0 })
        };
        self.on(css, async |element| {
            let script = "arguments[0].scrollIntoView({ block: 'nearest', behavior: 'instant' });";
            self.client.execute(script, vec![serde_json::to_value(element.clone())?]).await?;
            self.client.perform_actions(actions(element).await).await
        })
    }

    /// Drags a slider until it has this value: with the mouse, and the last steps with the arrow keys.
    ///
    /// # Errors
    /// If the slider cannot have the value.
    pub fn drag_to(&self, css: &str, value: f64) -> Result<()> {
        self.told(self.dragged(css, value))
    }

    fn dragged(&self, css: &str, value: f64) -> Result<()> {
        self.hover(css)?;
        let bounds = self.bounds_of(css)?;
        let script = "const field = document.querySelector(arguments[0]);
            const step = Number(field.step) || (field.step === 'any' ? (field.max - field.min) / 100 : 1);
            return [Number(field.min || 0), Number(field.max || 100), step, field.valueAsNumber];";
        let state = || -> Result<[f64; 4]> { Ok(serde_json::from_value(self.run(script, [json!(css)])?)?) };
        let [least, most, step, now] = state()?;
        ensure!(most > least && (least..=most).contains(&value), "`{css}` goes from {least} to {most}");
        let x =
            |value: f64| bounds.left + KNOB / 2.0 + (value - least) / (most - least) * (bounds.width - KNOB);
        let to = |value: f64| PointerAction::MoveTo {
            duration: None,
            x: x(value).round(),
            y: (bounds.top + bounds.height / 2.0).round(),
        };
        let drag = MouseActions::new("mouse".to_owned())
            .then(to(now))
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(to(f64::midpoint(now, value)))
            .then(to(value))
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.wait_on(self.client.perform_actions(drag))?;
        let steps = ((value - state()?[3]) / step).round();
        ensure!(steps.abs() <= OFF, "`{css}` is {steps} steps off after dragging");
        for _ in 0..steps.abs() as u32 {
            self.press(if steps > 0.0 { Key::Right } else { Key::Left })?;
        }
        let reached = state()?[3];
        ensure!((reached - value).abs() < step / 1000.0, "`{css}` is at {reached}, not {value}");
        Ok(())
    }
}
