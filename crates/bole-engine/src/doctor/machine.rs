//! What the machine gives: a fence for readers, and fonts.

use bole_sandbox::{Guard, Pool};

use super::{Finding, told};
use crate::{Settings, pictures};

pub(super) async fn readers(pool: &Pool) -> Vec<Finding> {
    let missing = match pool.missing_guards().await {
        Ok(missing) => missing,
        Err(error) => {
            return vec![Finding::trouble(
                format!("no reader can be started: {}", told(&error)),
                "look at the limits on processes and memory of this user or container, and at `reader.memory`",
            )];
        }
    };
    if missing.is_empty() {
        return vec![Finding::ok("they start, and are fenced in on all sides")];
    }
    // Without these two a document that takes a reader over is free.
    let is_open = missing.contains(&Guard::SystemCalls) && missing.contains(&Guard::FileSystem);
    let advice = "use a newer kernel, or let the container have landlock and seccomp";
    let lacks: Vec<_> = missing.iter().map(ToString::to_string).collect();
    let seen = format!("they start; this system lacks: {}", lacks.join("; "));
    vec![if is_open { Finding::trouble(seen, advice) } else { Finding::warning(seen, advice) }]
}

pub(super) fn font(settings: &Settings) -> Vec<Finding> {
    vec![match pictures::font(settings.console.font.as_ref()) {
        Some(font) => Finding::ok(format!("`{}`", font.path.display())),
        None => Finding::warning(
            "none for Chinese, Japanese and Korean: on pictures of pages text is missing whose font is not in the file",
            "install one, such as Debian's fonts-noto-cjk, or name one in `console.font`",
        ),
    }]
}
