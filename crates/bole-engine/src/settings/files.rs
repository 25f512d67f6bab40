//! The files that settings name.

use bole_core::Chain;
use bole_rank::Problem;

use super::{CertificateFiles, FILE, Settings};

impl Settings {
    /// What is wrong with the files that the settings name. The certificate counts only for who shows it, `with_certificate`:
    /// a worker need not be able to read it.
    pub fn mistakes_in_files(&self, with_certificate: bool) -> Vec<Problem> {
        let problem = |key: &str, message: String, hint: &str| Problem {
            file: FILE.to_owned(),
            line: None,
            key: key.to_owned(),
            message,
            hint: hint.to_owned(),
        };
        let mut problems = Vec::new();
        let certificate = self.server.certificate.as_ref().filter(|_| with_certificate);
        if let Some(Err(error)) = certificate.map(CertificateFiles::read) {
            let hint = "give a certificate and its own key, both as PEM, for this user to read";
            problems.push(problem("server.certificate", Chain(&error).to_string().replace('\n', ", "), hint));
        }
        if let Some(file) = self.queue.remote.as_ref().and_then(|remote| remote.ca_file.as_ref())
            && let Err(error) = std::fs::read(file)
        {
            let hint = "name a PEM file that this user may read";
            problems.push(problem(
                "queue.ca-file",
                format!("`{}` cannot be read: {error}", file.display()),
                hint,
            ));
        }
        problems
    }
}
