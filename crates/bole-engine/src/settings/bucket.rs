use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use super::keys::{secret_in, yes_or_no};

/// The longest prefix of keys.
const MAX_PREFIX: usize = 500;

/// Where originals are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginalsSettings {
    /// A bucket; none for the store's database.
    pub bucket: Option<Bucket>,
}

/// A bucket, and how to be let in. Its `Debug` does not show what is secret.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// What the keys of its objects begin with, without `/` at either end; may be empty.
    pub prefix: String,
    /// The address of who offers it; none for Amazon in the region.
    pub endpoint: Option<String>,
    /// Its region.
    pub region: String,
    /// The id of the access key.
    pub key_id: String,
    /// Its secret.
    pub secret: String,
    /// The bucket stands in the path of addresses, and not before the host.
    pub is_path_style: bool,
    /// A file with certificates that it is trusted by, beside those of the system.
    pub ca_file: Option<PathBuf>,
}

/// Without what is secret.
impl fmt::Debug for Bucket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Bucket(s3://{}/{})", self.name, self.prefix)
    }
}

impl OriginalsSettings {
    pub(super) fn set_url(&mut self, text: &str) -> Result<(), String> {
        if text.is_empty() {
            return Ok(());
        }
        // There is a bucket, whatever is wrong with its name: so that all that is wrong beside it is told too.
        let bucket = self.bucket.insert(Bucket::default());
        let rest =
            text.strip_prefix("s3://").ok_or("use an address such as s3://BUCKET or s3://BUCKET/PREFIX")?;
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
        if !(3..=63).contains(&name.len()) || !name.bytes().all(is_name) {
            return Err("the name of a bucket has 3 to 63 small letters, digits, `.` and `-`".to_owned());
        }
        let prefix = prefix.trim_end_matches('/');
        let is_part = |part: &str| {
            let is_key = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
            !matches!(part, "" | "." | "..") && part.bytes().all(is_key)
        };
        if prefix.len() > MAX_PREFIX || !(prefix.is_empty() || prefix.split('/').all(is_part)) {
            return Err(format!(
                "behind the bucket use letters, digits, `.`, `_`, `-` and single `/`, at most {MAX_PREFIX} of them"
            ));
        }
        (bucket.name, bucket.prefix) = (name.to_owned(), prefix.to_owned());
        Ok(())
    }

    pub(super) fn set_endpoint(&mut self, text: &str) -> Result<(), String> {
        let Some(bucket) = self.bucket.as_mut().filter(|_| !text.is_empty()) else { return Ok(()) };
        let endpoint = text.trim_end_matches('/');
        let host = endpoint.strip_prefix("https://").or_else(|| endpoint.strip_prefix("http://"));
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
        if !host.is_some_and(|host| !host.is_empty() && host.bytes().all(is_host)) {
            return Err(
                "use an address such as https://storage.example:9000, without key, bucket or path".to_owned()
            );
        }
        bucket.endpoint = Some(endpoint.to_owned());
        Ok(())
    }

    pub(super) fn set_region(&mut self, text: &str) -> Result<(), String> {
        let Some(bucket) = &mut self.bucket else { return Ok(()) };
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err("use a region such as eu-central-1; any where there are none".to_owned());
        }
        text.clone_into(&mut bucket.region);
        Ok(())
    }

    pub(super) fn set_key_id(&mut self, text: &str) -> Result<(), String> {
        let Some(bucket) = &mut self.bucket else { return Ok(()) };
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(
                "give the id of an access key that may get, put and list objects in the bucket".to_owned()
            );
        }
        text.clone_into(&mut bucket.key_id);
        Ok(())
    }

    pub(super) fn set_secret(&mut self, text: &str) {
        if let Some(bucket) = &mut self.bucket {
            text.clone_into(&mut bucket.secret);
        }
    }

    pub(super) fn set_secret_file(&mut self, text: &str) -> Result<(), String> {
        let Some(bucket) = &mut self.bucket else { return Ok(()) };
        if !text.is_empty() {
            bucket.secret = secret_in(text, "the secret of `originals.key-id`")?;
        }
        if bucket.secret.is_empty() {
            return Err(
                "set BOLE_ORIGINALS_SECRET, or name a file with the secret of `originals.key-id`".to_owned()
            );
        }
        Ok(())
    }

    pub(super) fn set_path_style(&mut self, text: &str) -> Result<(), String> {
        let is_path_style = yes_or_no(text)?;
        let Some(bucket) = &mut self.bucket else { return Ok(()) };
        bucket.is_path_style = is_path_style;
        if !is_path_style && bucket.endpoint.as_deref().is_some_and(is_number) {
            return Err(
                "use true: `originals.endpoint` is no name that the bucket's could stand before".to_owned()
            );
        }
        Ok(())
    }

    pub(super) fn set_ca_file(&mut self, text: &str) {
        if let Some(bucket) = self.bucket.as_mut().filter(|_| !text.is_empty()) {
            bucket.ca_file = Some(PathBuf::from(text));
        }
    }
}

/// Whether the host of an endpoint is an IP address.
fn is_number(endpoint: &str) -> bool {
    let host = endpoint.split_once("://").map_or("", |(_, host)| host);
    let host = host.rsplit_once(':').filter(|_| !host.ends_with(']')).map_or(host, |(host, _)| host);
    host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
}

/// As `bole config show` prints it; what is secret is not shown.
impl fmt::Display for OriginalsSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(bucket) = &self.bucket else { return writeln!(formatter, "url = \"\"") };
        let Bucket { name, prefix, endpoint, region, key_id, secret: _, is_path_style, ca_file } = bucket;
        let separator = if prefix.is_empty() { "" } else { "/" };
        writeln!(formatter, "url = {:?}", format!("s3://{name}{separator}{prefix}"))?;
        writeln!(formatter, "endpoint = {:?}", endpoint.as_deref().unwrap_or_default())?;
        writeln!(formatter, "region = {region:?}")?;
        writeln!(formatter, "key-id = {key_id:?}")?;
        writeln!(formatter, "# a secret is set")?;
        writeln!(formatter, "path-style = {is_path_style}")?;
        match ca_file {
            Some(file) => writeln!(formatter, "ca-file = {:?}", file.display().to_string()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::{EngineError, Settings};

    fn resolve(file: &str, secret: &str) -> Result<Settings, EngineError> {
        let environment = BTreeMap::from([("BOLE_ORIGINALS_SECRET".to_owned(), secret.to_owned())]);
        Settings::resolve(Some(file), &environment, &BTreeMap::new())
    }

    fn mistakes(file: &str) -> String {
        let Err(EngineError::Configuration(problems)) = resolve(file, "") else {
            panic!("it has mistakes: {file}")
        };
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_bucket_is_shown_without_its_secret_and_read_back() {
        let file = "[originals]\nurl = \"s3://resumes/bole/2026/\"\nendpoint = \"https://storage.example:9000/\"\n\
            key-id = \"AKIA\"\nca-file = \"/etc/ca.pem\"\n";
        let settings = resolve(file, "planted").unwrap();
        let bucket = settings.originals.bucket.clone().unwrap();
        assert_eq!((bucket.name.as_str(), bucket.prefix.as_str()), ("resumes", "bole/2026"));
        assert_eq!(bucket.endpoint.as_deref(), Some("https://storage.example:9000"));
        assert_eq!((bucket.region.as_str(), bucket.is_path_style), ("us-east-1", false));
        let shown = settings.to_string();
        assert!(!format!("{shown}{settings:?}").contains("planted"));
        assert_eq!(resolve(&shown, "planted").unwrap(), settings);
        assert_ne!(resolve(&shown, "another").unwrap(), settings);
    }

    #[test]
    fn a_secret_may_lie_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, "planted\n").unwrap();
        let file =
            format!("[originals]\nurl = \"s3://resumes\"\nkey-id = \"AKIA\"\nsecret-file = {file:?}\n");
        assert_eq!(resolve(&file, "").unwrap().originals.bucket.unwrap().secret, "planted");
        assert!(mistakes(&file.replace("/secret\"", "/none\"")).contains("originals.secret-file"));
    }

    #[test]
    fn the_guide_shows_a_bucket() {
        let guide = include_str!("../../../../deploy/guides/operator.md");
        let (_, rest) = guide.split_once("```toml\n").unwrap();
        let (file, _) = rest.split_once("```").unwrap();
        // The file with the secret is the reader's own.
        let file: Vec<_> = file.lines().filter(|line| !line.starts_with("secret-file")).collect();
        assert_eq!(resolve(&file.join("\n"), "planted").unwrap().originals.bucket.unwrap().name, "resumes");
    }

    #[test]
    fn every_mistake_about_a_bucket_is_told_at_once() {
        insta::assert_snapshot!(mistakes(
            "[originals]\nurl = \"S3://Resumes\"\nendpoint = \"storage.example\"\nregion = \"\"\npath-style = \"no\"\n"
        ));
    }

    #[test]
    fn addresses_are_of_buckets_and_of_who_offers_them() {
        for url in ["s3://ab", "s3://resumes//a", "s3://resumes/../b", "s3://resumes/张", "s3://user@resumes"]
        {
            let told = mistakes(&format!("[originals]\nurl = {url:?}\nkey-id = \"AKIA\"\n"));
            assert!(told.contains("originals.url"), "{url}: {told}");
        }
        for endpoint in ["https://", "https://key:secret@host", "https://host/bucket", "s3://host"] {
            let told = mistakes(&format!("[originals]\nurl = \"s3://resumes\"\nendpoint = {endpoint:?}\n"));
            assert!(told.contains("originals.endpoint"), "{endpoint}: {told}");
        }
        for (endpoint, is_wrong) in [
            ("http://127.0.0.1:9000", true),
            ("http://[::1]", true),
            ("http://[::1]:9000", true),
            ("http://host:9000", false),
        ] {
            let told = mistakes(&format!("[originals]\nurl = \"s3://resumes\"\nendpoint = {endpoint:?}\n"));
            assert_eq!(told.contains("originals.path-style"), is_wrong, "{endpoint}: {told}");
        }
        assert_eq!(resolve("", "unused").unwrap().originals.bucket, None);
    }
}
