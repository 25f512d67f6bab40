//! A server whose data folder is on a small disk of its own.

use std::fs::File;
use std::io::Write;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;
use bole_tests::{Installation, Program, Watch};

use crate::short;
use crate::table::{Again, Table};

/// What fills the disk, and how fast.
const PIECE: usize = 1 << 20;
const BETWEEN_PIECES: Duration = Duration::from_millis(250);
/// Of so much, less than the limit of an alert is left.
const TOO_MUCH: u64 = 1200 << 20;

/// Starts a server on a disk of 2 GiB, which exists for this one process.
fn serve(installation: &Installation) -> Result<Program> {
    let disk = installation.files()?.join("disk");
    std::fs::create_dir_all(&disk)?;
    let script = "mount -t tmpfs -o size=2g bole \"$2\" && exec \"$1\" serve --listen 127.0.0.1:0";
    let serve = installation.command(["x"])?;
    let mut unshare = Command::new("unshare");
    unshare.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]);
    unshare.arg(serve.get_program()).arg(&disk).env_clear();
    unshare.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    unshare.env("BOLE_SERVER_OPEN_METRICS", "true").env("BOLE_DATA", disk.join("data"));
    let log = installation.files()?.join("serve.log");
    unshare.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log)?);
    Program::of(unshare.spawn()?, &log, installation.keys().clone())
}

pub(crate) fn all(table: &mut Table) -> Result<()> {
    if !table.wants(&["BoleDiskFilling"]) && !table.wants(&["BoleDiskFull"]) {
        return Ok(());
    }
    let installation = Installation::new()?;
    let server = serve(&installation)?;
    server.wait_until_ready()?;
    let nodes = vec![("bole-serve", vec![server.address().to_string()])];
    let prometheus = Watch { rules: short::rules()?, ..Watch::of(nodes, "none")? }.start()?;
    // The disk as the server sees it.
    let disk = installation.files()?.join("disk");
    let filler = format!("/proc/{}/root{}/filler", server.id(), disk.display());
    sleep(Duration::from_secs(5));

    let filled = filler.clone();
    table.see(
        &prometheus,
        &["BoleDiskFilling"],
        "four mebibytes a second fill a disk of two gibibytes",
        || {
            let mut file = File::create(&filled)?;
            let filling = Again::and_again(move |_| {
                file.write_all(&vec![b'x'; PIECE])?;
                sleep(BETWEEN_PIECES);
                Ok(())
            });
            Ok(|| {
                filling.stop()?;
                Ok(std::fs::remove_file(&filled)?)
            })
        },
    )?;
    table.see(&prometheus, &["BoleDiskFull"], "a file takes most of a disk of two gibibytes", || {
        let mut file = File::create(&filler)?;
        for _ in 0..TOO_MUCH / PIECE as u64 {
            file.write_all(&vec![b'x'; PIECE])?;
        }
        Ok(|| Ok(std::fs::remove_file(&filler)?))
    })
}
