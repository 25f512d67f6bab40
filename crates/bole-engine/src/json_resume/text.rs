use bole_core::{Pages, Span};

use super::Profile;

/// What a part of the text says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Body {
    /// What stands outside lists, a line each.
    pub(super) summary: Option<String>,
    /// The items of its lists, each on one line.
    pub(super) highlights: Vec<String>,
}

/// Reads `spans` of the text without the lines of `heads`: an item goes on until the next one begins.
pub(super) fn body(pages: &Pages, spans: &[Span], heads: &[Span]) -> Body {
    let mut lines = Vec::new();
    let mut highlights: Vec<String> = Vec::new();
    for span in spans {
        let Some(text) = pages.text_at(*span) else { continue };
        let mut start = span.start;
        for line in text.split('\n') {
            let end = start + line.chars().count() as u32;
            let is_head =
                heads.iter().any(|head| head.page == span.page && head.start < end && start < head.end);
            start = end + 1;
            let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
            if is_head || line.is_empty() {
                continue;
            }
            match (item_of(&line), highlights.last_mut()) {
                (Some(item), _) => highlights.push(item.to_owned()),
                (None, Some(item)) => join(item, &line),
                (None, None) => lines.push(line),
            }
        }
    }
    Body { summary: (!lines.is_empty()).then(|| lines.join("\n")), highlights }
}

/// What follows a bullet; `-60 °C` has none.
fn item_of(line: &str) -> Option<&str> {
    const BULLETS: [char; 12] = ['•', '·', '●', '○', '■', '□', '◆', '◇', '▪', '◦', '‣', '➢'];
    let dashed = line.strip_prefix("- ").or_else(|| line.strip_prefix("* "));
    line.strip_prefix(BULLETS).or(dashed).map(str::trim_start)
}

/// Puts a wrapped line behind another: Latin words are parted by a space, Chinese ones are not.
fn join(text: &mut String, line: &str) {
    let is_latin = |scalar: Option<char>| scalar.is_some_and(|scalar| (scalar as u32) < 0x2E80);
    if is_latin(text.chars().last()) && is_latin(line.chars().next()) {
        text.push(' ');
    }
    text.push_str(line);
}

/// A link as a URI, with a scheme; none if it has characters that no URI has.
pub(super) fn uri(link: &str) -> Option<String> {
    let link = link.trim();
    let is_plain = !link.is_empty()
        && link.chars().all(|scalar| scalar.is_ascii_graphic() && !r#"<>"{}|\^`"#.contains(scalar));
    let has_scheme = link.starts_with("http://") || link.starts_with("https://");
    is_plain.then(|| if has_scheme { link.to_owned() } else { format!("https://{link}") })
}

/// The network that a URI is of, if it is one of those that resumes name most.
pub(super) fn profile(uri: &str) -> Option<Profile> {
    const NETWORKS: [(&str, &str); 9] = [
        ("github.com", "GitHub"),
        ("gitee.com", "Gitee"),
        ("gitlab.com", "GitLab"),
        ("linkedin.com", "LinkedIn"),
        ("linkedin.cn", "LinkedIn"),
        ("orcid.org", "ORCID"),
        ("researchgate.net", "ResearchGate"),
        ("scholar.google.com", "Google Scholar"),
        ("zhihu.com", "Zhihu"),
    ];
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let (_, network) = NETWORKS.into_iter().find(|(known, _)| *known == host)?;
    let user = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let user = user.rsplit('/').next().filter(|user| !user.is_empty());
    Some(Profile {
        network: network.to_owned(),
        // `scholar.google.com/citations?user=…` has no name in its path.
        username: user.filter(|_| network != "Google Scholar").map(str::to_owned),
        url: uri.to_owned(),
    })
}
