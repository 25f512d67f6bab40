use std::path::PathBuf;

use clap::Subcommand;

use super::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum Backup {
    /// Copy store and local queue, as of one moment, into a new folder; servers and workers go on
    Create {
        /// The folder, not there yet; best on another disk
        #[arg(value_name = "TO")]
        to: PathBuf,
        /// Take the files of resumes along that are kept in a bucket; those in the store always come along
        #[arg(long)]
        originals: bool,
        #[command(flatten)]
        output: Output,
    },
    /// Read all of a backup and tell whether it is whole and what it was; changes nothing
    Check {
        /// The folder
        #[arg(value_name = "FROM")]
        from: PathBuf,
        #[command(flatten)]
        output: Output,
    },
    /// Fill an empty store, and an empty local queue, from a backup; with no server or worker running
    Restore {
        /// The folder; it is only read
        #[arg(value_name = "FROM")]
        from: PathBuf,
        #[command(flatten)]
        output: Output,
    },
}
