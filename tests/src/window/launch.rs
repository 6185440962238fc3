//! Starts the app and all that a window needs, each run with its own display, bus, ports and home; and ends them by their ids.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::ClientBuilder;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use super::running::{Plain, Running, display, opened, with_us};
use super::{Window, pictures};
use crate::left_out::skipped;

/// How long the driver and the app may take to be there.
const START: Duration = Duration::from_secs(60);

/// An app about to be started.
#[derive(Debug, Clone)]
pub struct Launch {
    name: String,
    args: Vec<String>,
    width: u32,
    height: u32,
    scale: u32,
    env: Vec<(String, String)>,
    home: Option<PathBuf>,
    config: Option<PathBuf>,
}

/// Whether this machine can show windows to tests; if not, says that `what` is skipped and why.
#[must_use]
pub fn is_ready(what: &str) -> bool {
    let missing =
        ["Xvfb", "dbus-run-session", "WebKitWebDriver"].into_iter().find(|program| on_path(program).is_none());
    let why = match (missing, driver(), app()) {
        (Some(program), _, _) => format!("{program} is not installed"),
        (None, None, _) => "tauri-driver is not installed".to_owned(),
        (None, _, None) => "plateside-app is not built".to_owned(),
        (None, Some(_), Some(_)) => return true,
    };
    skipped(what, &format!("{why}: cargo xtask test window sets it up"));
    false
}

impl Launch {
    /// An app at 1440x900; `name` is that of its pictures and its log.
    #[must_use]
    pub fn new(name: &str) -> Launch {
        Launch {
            name: name.to_owned(),
            args: Vec::new(),
            width: 1440,
            height: 900,
            scale: 1,
            env: Vec::new(),
            home: None,
            config: None,
        }
    }

    /// Arguments of the app.
    #[must_use]
    pub fn args<T: AsRef<str>>(mut self, args: impl IntoIterator<Item = T>) -> Launch {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// Size of the display and of the window, in CSS pixels.
    #[must_use]
    pub fn size(mut self, width: u32, height: u32) -> Launch {
        (self.width, self.height) = (width, height);
        self
    }

    /// Device pixels to a CSS pixel: 1 or 2.
    #[must_use]
    pub fn scale(mut self, scale: u32) -> Launch {
        self.scale = scale;
        self
    }

    /// A variable of the app's environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Launch {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A home folder that outlives the app, for tests that start it twice.
    #[must_use]
    pub fn home(mut self, folder: &Path) -> Launch {
        self.home = Some(folder.to_owned());
        self
    }

    /// Files to copy into the app's configuration folder (`$XDG_CONFIG_HOME`) before it starts.
    #[must_use]
    pub fn config(mut self, folder: &Path) -> Launch {
        self.config = Some(folder.to_owned());
        self
    }

    /// Starts everything and returns once the page is there and the probe listens.
    ///
    /// # Panics
    /// Where something does not start within a minute, with its log.
    #[must_use]
    pub fn start(self) -> Window {
        let own = tempfile::tempdir().unwrap();
        let home = self.home.clone().unwrap_or_else(|| own.path().to_owned());
        self.furnish(&home);
        let log = pictures().join(format!("{}.log", self.name));
        let (display, number) = display(self.width * self.scale, self.height * self.scale, &log);
        let began = Instant::now();
        let (port, native) = (free_port(), free_port());
        let bus = self.driver(&home, &number, (port, native), &log).spawn().unwrap();
        let running = Running { own, home, log, bus, display, program: app().unwrap() };

        let runtime = crate::runtime();
        let options = json!({ "application": app().unwrap(), "args": self.args });
        let wanted = json!({ "tauri:options": options, "timeouts": { "script": 30_000 } });
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(wanted.as_object().unwrap().clone());
        await_port(native, &running);
        await_port(port, &running);
        let connect = async { tokio::time::timeout(START, builder.connect(&format!("http://127.0.0.1:{port}"))).await };
        let client = match runtime.block_on(connect) {
            Ok(Ok(client)) => client,
            Ok(Err(error)) => panic!("{}: the app does not start: {error}\n{}", self.name, running.log()),
            Err(_) => panic!("{}: the app does not start within a minute\n{}", self.name, running.log()),
        };
        let window = Window { name: self.name, runtime, client: Some(client), running, began };
        window.wait_until("the page is loaded", START, || {
            window.js("return document.readyState === 'complete' && !!document.querySelector('.app')", vec![]) == true
        });
        window.resize(self.width, self.height);
        window.listen();
        window
    }

    /// The folders that a person's account has.
    fn furnish(&self, home: &Path) {
        for folder in ["config", "data", "cache", "run"] {
            fs::create_dir_all(home.join(folder)).unwrap();
        }
        fs::set_permissions(home.join("run"), fs::Permissions::from_mode(0o700)).unwrap();
        if let Some(config) = &self.config {
            copy(config, &home.join("config"));
        }
    }

    /// Starts a program of `plain` windows without any driver, as a person does; its words are in the log.
    #[must_use]
    pub fn start_plain(self, program: &Path) -> Plain {
        let own = tempfile::tempdir().unwrap();
        let home = self.home.clone().unwrap_or_else(|| own.path().to_owned());
        self.furnish(&home);
        let log = pictures().join(format!("{}.log", self.name));
        let _gone = fs::remove_file(&log);
        let (display, number) = display(self.width * self.scale, self.height * self.scale, &log);
        let mut command = with_us("dbus-run-session");
        command.args(["--", "setpriv", "--pdeathsig", "TERM"]).arg(program).args(&self.args);
        self.surround(&mut command, &home, &number, &log);
        let bus = command.spawn().unwrap();
        Plain::new(Running { own, home, log, bus, display, program: program.to_owned() })
    }

    fn driver(&self, home: &Path, display: &str, (port, native): (u16, u16), log: &Path) -> Command {
        let mut command = with_us("dbus-run-session");
        // The driver ends WebKit's driver and the app when it is asked to end.
        command.args(["--", "setpriv", "--pdeathsig", "TERM"]).arg(driver().unwrap());
        command.args(["--port", &port.to_string(), "--native-port", &native.to_string()]);
        command.arg("--native-driver").arg(on_path("WebKitWebDriver").unwrap());
        self.surround(&mut command, home, display, log);
        command
    }

    /// The account, the display and the ears of a command.
    fn surround(&self, command: &mut Command, home: &Path, display: &str, log: &Path) {
        command.env("DISPLAY", display).env_remove("WAYLAND_DISPLAY").env("GDK_BACKEND", "x11");
        command.env("HOME", home).env("XDG_CONFIG_HOME", home.join("config")).env("XDG_DATA_HOME", home.join("data"));
        command.env("XDG_CACHE_HOME", home.join("cache")).env("XDG_RUNTIME_DIR", home.join("run"));
        command.env("NO_AT_BRIDGE", "1").env("GSETTINGS_BACKEND", "memory").env("GDK_SCALE", self.scale.to_string());
        command.env_remove("RUST_LOG").envs(self.env.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(opened(log)).stderr(opened(log));
        // A group of its own: a Ctrl-C at the terminal ends the test, and the test ends these.
        command.process_group(0);
    }
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn await_port(port: u16, running: &Running) {
    let began = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(began.elapsed() < START, "no driver on port {port}:\n{}", running.log());
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Copies what lies in a folder.
pub(super) fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The app under test: `PLATESIDE_APP`, or the one built beside this binary.
#[must_use]
pub fn app() -> Option<PathBuf> {
    if let Some(app) = std::env::var_os("PLATESIDE_APP") {
        return Some(app.into());
    }
    let own = std::env::current_exe().ok()?;
    own.ancestors().skip(1).take(2).map(|folder| folder.join("plateside-app")).find(|app| app.is_file())
}

/// `PLATESIDE_TAURI_DRIVER`, or one on the path.
fn driver() -> Option<PathBuf> {
    std::env::var_os("PLATESIDE_TAURI_DRIVER").map(PathBuf::from).or_else(|| on_path("tauri-driver"))
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}
