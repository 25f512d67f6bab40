//! The command `bole`: parses arguments, calls the use cases of `bole-engine`, prints. It holds no rule of its own.

mod arguments;
mod commands;
mod exit;
mod output;
mod session;
mod signals;

use std::process::ExitCode;

use clap::Parser;
use rustix::fs::Mode;

use arguments::{Arguments, Command};
use exit::Exit;

fn main() -> ExitCode {
    // What is stored are personal data: files are made for their owner only.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let arguments = Arguments::parse();
    if matches!(arguments.command, Command::Reader) {
        return bole_sandbox::run_child(bole_sandbox::read_document);
    }
    match commands::run(arguments) {
        Ok(exit) => exit.into(),
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::print_error(&error);
            Exit::of(&error).into()
        }
    }
}
