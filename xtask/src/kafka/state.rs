//! The file that remembers a running broker between calls of `cargo xtask kafka`: one `name=value` a line.
use crate::process::{self, Outcome};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A broker that this clone started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Running {
    /// Process id of the Java process.
    pub(crate) pid: u32,
    /// Start time of that process, so that a later process of the same id is not taken for it.
    pub(crate) since: u64,
    /// Port of 127.0.0.1 that clients connect to.
    pub(crate) port: u16,
    /// Folder with the broker's data, settings and log; removed at stop.
    pub(crate) data: PathBuf,
}

impl Running {
    /// What clients are told to connect to.
    pub(crate) fn bootstrap(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn is_alive(&self) -> bool {
        process::born(self.pid) == Some(self.since)
    }
}

/// The broker that the file speaks of, dead or alive; `None` when there is no file or it is not ours.
pub(crate) fn load(file: &Path) -> Option<Running> {
    parse(&fs::read_to_string(file).ok()?)
}

pub(crate) fn save(file: &Path, running: &Running) -> Outcome<()> {
    fs::write(file, shown(running)).map_err(|error| format!("cannot write {}: {error}", file.display()))
}

pub(crate) fn forget(file: &Path) -> Outcome<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(format!("cannot remove {}: {error}", file.display()))
        }
        _ => Ok(()),
    }
}

fn shown(running: &Running) -> String {
    let Running { pid, since, port, data } = running;
    format!("pid={pid}\nsince={since}\nport={port}\ndata={}\n", data.display())
}

fn parse(text: &str) -> Option<Running> {
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    Some(Running {
        pid: value("pid")?.parse().ok()?,
        since: value("since")?.parse().ok()?,
        port: value("port")?.parse().ok()?,
        data: value("data").filter(|path| !path.is_empty())?.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_is_read_back() {
        let running = Running { pid: 7, since: 123_456, port: 40_001, data: "/tmp/with space=and sign".into() };
        assert_eq!(parse(&shown(&running)), Some(running));
    }

    #[test]
    fn half_a_file_or_nonsense_is_no_broker() {
        for text in [
            "",
            "pid=7\n",
            "pid=x\nsince=1\nport=1\ndata=/d\n",
            "pid=7\nsince=1\nport=70000\ndata=/d\n",
            "pid=7\nsince=1\nport=1\ndata=\n",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
