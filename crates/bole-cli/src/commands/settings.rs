//! `bole config`.

use crate::arguments::Config;
use crate::exit::Exit;
use crate::output::print_line;
use crate::session::Session;

pub(crate) fn config(session: &Session, command: &Config) -> anyhow::Result<Exit> {
    match command {
        Config::Check => {
            let knowledge = session.knowledge()?;
            print_line(format_args!(
                "the configuration is right: {} concepts, {} profiles",
                knowledge.lexicon().concepts().len(),
                knowledge.profiles().len()
            ))?;
        }
        Config::Show => print_line(session.settings.to_string().trim_end())?,
    }
    Ok(Exit::Done)
}
