use std::fmt;
use std::path::PathBuf;

/// Where a server is, and how to be let in. Its `Debug` does not show what is secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Remote {
    /// Its address: `amqp://` or `amqps://`, `postgres://`.
    pub url: String,
    /// The password, unless the address holds it.
    pub password: Option<String>,
    /// The file that the password was read from; none if it came another way.
    pub password_file: Option<PathBuf>,
    /// A file with the certificates that it is trusted by; none for those of the system.
    pub ca_file: Option<PathBuf>,
}

/// Without what is secret.
impl fmt::Debug for Remote {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Remote({})", without_password(&self.url))
    }
}

impl Remote {
    /// Its address without the password.
    pub fn shown(&self) -> String {
        without_password(&self.url)
    }

    /// As `bole config show` prints it; what is secret is not shown.
    pub(super) fn show(remote: Option<&Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(Remote { url, password, password_file: _, ca_file }) = remote else {
            return writeln!(formatter, "url = \"\"");
        };
        writeln!(formatter, "url = {:?}", without_password(url))?;
        if password.is_some() || without_password(url) != *url {
            writeln!(formatter, "# a password is set")?;
        }
        match ca_file {
            Some(file) => writeln!(formatter, "ca-file = {:?}", file.display().to_string()),
            None => Ok(()),
        }
    }
}

/// An address without the password in it.
pub(super) fn without_password(url: &str) -> String {
    let (Some((scheme, rest)), Some(at)) = (url.split_once("://"), url.rfind('@')) else {
        return url.to_owned();
    };
    let user = rest.split([':', '@']).next().unwrap_or_default();
    format!("{scheme}://{user}{}", url.split_at(at).1)
}
