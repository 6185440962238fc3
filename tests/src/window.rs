//! The real app in a real window on a display that nobody sees: Xvfb, a bus, tauri-driver, WebKitWebDriver, `plateside-app`.
//!
//! Calls are blocking, so that a story reads from top to bottom. What goes wrong panics with the last picture of the
//! window, which lies under `target/window/` with the app's own words (`NAME.png`, `NAME.log`).

mod find;
mod launch;
pub mod look;
mod picture;
mod probe;
mod running;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fantoccini::Client;
use fantoccini::actions::{
    InputSource as _, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction, WheelAction, WheelActions,
};
use fantoccini::elements::Element;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

pub use find::{By, css, role, test_id};
pub use launch::{Launch, app, is_ready};
pub use picture::{Picture, Rect};
pub use running::Plain;

use find::FIND;
use running::Running;

/// How long something on the screen may take to appear, unless a call says otherwise.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Makes the page present frames for a second.
const STIR: &str = "
const dot = document.createElement('div');
for (const [name, value] of Object.entries({ position: 'fixed', right: '0', bottom: '0', width: '1px', height: '1px', opacity: '0.01', background: 'gray' })) dot.style.setProperty(name, value);
dot.setAttribute('aria-hidden', 'true');
document.body.append(dot);
const until = performance.now() + 1000;
const stir = now => { dot.style.opacity = dot.style.opacity === '0.01' ? '0.02' : '0.01'; if (now < until) requestAnimationFrame(stir); else dot.remove(); };
requestAnimationFrame(stir);
";

/// No single answer of the driver takes longer.
const ANSWER: Duration = Duration::from_secs(40);

/// One running app and its window. Dropping it ends the app and everything around it.
pub struct Window {
    name: String,
    runtime: Runtime,
    client: Option<Client>,
    running: Running,
    began: Instant,
}

impl Window {
    /// Any script in the page: the body of a function, `arguments` as given; what it returns.
    ///
    /// # Panics
    /// Where it throws.
    pub fn js(&self, script: &str, arguments: Vec<Value>) -> Value {
        let outcome = self.within(self.client().execute(script, arguments));
        outcome.unwrap_or_else(|error| self.fail(&format!("script failed: {error}\n{script}")))
    }

    /// The same for a script that waits: an asynchronous function's body.
    ///
    /// # Panics
    /// Where it throws, or has no answer within the driver's patience of 30 s.
    pub fn js_async(&self, script: &str, arguments: Vec<Value>) -> Value {
        let whole = format!(
            "const done = arguments[arguments.length - 1]; const given = Array.from(arguments).slice(0, -1);
             (async function () {{ {script} }}).apply(null, given)
             .then(value => done({{ value }}), error => done({{ error: String(error && error.message || error) }}));"
        );
        let outcome = self.within(self.client().execute_async(&whole, arguments));
        let outcome = outcome.unwrap_or_else(|error| self.fail(&format!("script failed: {error}\n{script}")));
        if let Some(error) = outcome["error"].as_str() {
            self.fail(&format!("script failed: {error}\n{script}"));
        }
        outcome["value"].clone()
    }

    /// Whether an element is there and visible.
    #[must_use]
    pub fn sees(&self, by: &By) -> bool {
        self.js(FIND, vec![by.json(), json!("sees")]).as_bool() == Some(true)
    }

    /// How many elements answer to it, seen or not.
    #[must_use]
    pub fn count(&self, by: &By) -> usize {
        self.js(FIND, vec![by.json(), json!("count")]).as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
    }

    /// An element's text as a person reads it, white space as one blank; waits for the element.
    #[must_use]
    pub fn text(&self, by: &By) -> String {
        self.await_sight(by);
        self.js(FIND, vec![by.json(), json!("text")]).as_str().unwrap_or_default().to_owned()
    }

    /// An attribute of an element; waits for the element.
    #[must_use]
    pub fn attribute(&self, by: &By, name: &str) -> Option<String> {
        self.await_sight(by);
        self.js(FIND, vec![by.json(), json!("attribute"), json!(name)]).as_str().map(str::to_owned)
    }

    /// Where an element lies, in CSS pixels of the window; waits for the element.
    #[must_use]
    pub fn rect(&self, by: &By) -> Rect {
        self.await_sight(by);
        Rect::of(&self.js(FIND, vec![by.json(), json!("rect")]))
    }

    /// Waits until an element is there and visible.
    ///
    /// # Panics
    /// After [`PATIENCE`].
    pub fn await_sight(&self, by: &By) {
        self.wait_until(&format!("{by} is seen"), PATIENCE, || self.sees(by));
    }

    /// Waits until something is true, looking every 50 ms.
    ///
    /// # Panics
    /// After `patience`, with the last picture.
    pub fn wait_until(&self, what: &str, patience: Duration, mut is_so: impl FnMut() -> bool) {
        let began = Instant::now();
        while !is_so() {
            if began.elapsed() > patience {
                self.fail(&format!("not within {} s: {what}", patience.as_secs_f64()));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until a text of an element satisfies; returns it.
    pub fn await_text(&self, by: &By, what: &str, patience: Duration, is_good: impl Fn(&str) -> bool) -> String {
        let mut last = String::new();
        self.wait_until(&format!("{by}: {what}"), patience, || {
            last = self.js(FIND, vec![by.json(), json!("text")]).as_str().unwrap_or_default().to_owned();
            is_good(&last)
        });
        last
    }

    /// Clicks an element in its middle, as a person does; waits for it first.
    pub fn click(&self, by: &By) {
        self.await_sight(by);
        // It may be drawn anew between finding and clicking: then once more.
        for last in [false, false, true] {
            let outcome = self.element(by).and_then(|element| self.within(element.click()));
            match outcome {
                Ok(()) => return,
                Err(error) if last => self.fail(&format!("cannot click {by}: {error}")),
                Err(_) => std::thread::sleep(Duration::from_millis(100)),
            }
        }
    }

    /// Clicks at a point of the window, in CSS pixels.
    pub fn click_at(&self, x: f64, y: f64) {
        let mouse = MouseActions::new("mouse".to_owned())
            .then(PointerAction::MoveTo { duration: None, x, y })
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.act(self.within(self.client().perform_actions(mouse)), "click");
    }

    /// Moves the pointer to a point of the window.
    pub fn hover(&self, x: f64, y: f64) {
        let mouse = MouseActions::new("mouse".to_owned()).then(PointerAction::MoveTo { duration: None, x, y });
        self.act(self.within(self.client().perform_actions(mouse)), "hover");
    }

    /// Drags with the left button from one point to another.
    pub fn drag(&self, from: (f64, f64), to: (f64, f64)) {
        let duration = Some(Duration::from_millis(100));
        let mouse = MouseActions::new("mouse".to_owned())
            .then(PointerAction::MoveTo { duration: None, x: from.0, y: from.1 })
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(PointerAction::MoveTo { duration, x: to.0, y: to.1 })
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.act(self.within(self.client().perform_actions(mouse)), "drag");
    }

    /// Turns the wheel over a point: positive is down.
    pub fn wheel(&self, x: i64, y: i64, delta_y: i64) {
        let wheel = WheelActions::new("wheel".to_owned()).then(WheelAction::Scroll {
            duration: None,
            x,
            y,
            delta_x: 0,
            delta_y,
        });
        self.act(self.within(self.client().perform_actions(wheel)), "wheel");
    }

    /// Presses keys together, such as `ctrl+k`, `shift+ArrowRight`, `Enter` or `t`, wherever the focus is.
    pub fn keys(&self, chord: &str) {
        let mut keys = KeyActions::new("keyboard".to_owned());
        let pressed: Vec<char> = find::chord(chord);
        for value in &pressed {
            keys = keys.then(KeyAction::Down { value: *value });
        }
        for value in pressed.iter().rev() {
            keys = keys.then(KeyAction::Up { value: *value });
        }
        self.act(self.within(self.client().perform_actions(keys)), chord);
    }

    /// Types a text where the focus is.
    pub fn type_text(&self, text: &str) {
        let mut keys = KeyActions::new("keyboard".to_owned());
        for value in text.chars() {
            keys = keys.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        self.act(self.within(self.client().perform_actions(keys)), "typing");
    }

    /// Clears a field and types into it.
    pub fn fill(&self, by: &By, text: &str) {
        self.await_sight(by);
        let outcome = self.element(by).and_then(|field| {
            self.within(async {
                field.clear().await?;
                field.send_keys(text).await
            })
        });
        if let Err(error) = outcome {
            self.fail(&format!("cannot fill {by}: {error}"));
        }
    }

    /// What is on the screen now, also kept as `target/window/NAME-AS.png`.
    #[must_use]
    pub fn screenshot(&self, as_name: &str) -> Picture {
        let bytes = self.picture().unwrap_or_else(|error| panic!("{}: no screenshot: {error}", self.name));
        let file = pictures().join(format!("{}-{as_name}.png", self.name));
        std::fs::write(&file, &bytes).unwrap();
        let width = self.js("return innerWidth", vec![]).as_f64().unwrap_or(0.0);
        Picture::decode(&bytes, width)
    }

    /// Keeps what is on the screen now as a PNG.
    ///
    /// # Panics
    /// Where there is no picture, or no room for it.
    pub fn keep(&self, file: &Path) {
        let bytes = self.picture();
        std::fs::write(file, bytes.unwrap_or_else(|error| panic!("{}: no screenshot: {error}", self.name))).unwrap();
    }

    /// The folder that the app takes for the person's home: settings and sessions lie in it.
    #[must_use]
    pub fn home(&self) -> &Path {
        self.running.home()
    }

    /// The id of the app's own process, found below the driver.
    #[must_use]
    pub fn app_id(&self) -> Option<u32> {
        self.running.app_id()
    }

    /// Time since the app was asked to start.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.began.elapsed()
    }

    /// What the app and the driver said on standard error so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.running.log()
    }

    /// Asks the app to close, as its window's cross does, and waits until its process is gone.
    ///
    /// # Panics
    /// Where it still runs after 15 s.
    pub fn close(mut self) {
        let app = self.running.app_id();
        if let Some(client) = self.client.take() {
            // The driver ends the app with the session; one that is gone already is as good.
            let closed = async { tokio::time::timeout(ANSWER, client.close()).await };
            let _closed = self.runtime.block_on(closed);
        }
        let began = Instant::now();
        while app.is_some_and(running::is_alive) {
            assert!(began.elapsed() < Duration::from_secs(15), "{}: the app does not end", self.name);
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Connects to a broker's topics from their beginning, under the demo's assay card, without filling in the form.
    ///
    /// # Panics
    /// Where the desk refuses.
    pub fn connect(&self, brokers: &str, topics: &crate::broker::Topics) {
        let profile = std::fs::read_to_string(crate::clone_folder().join("demo/profile.toml")).unwrap();
        let topics = topics.all().iter().map(|(kind, topic)| json!({ "kind": kind.as_str(), "topic": topic }));
        let connection = json!({
            "name": "lab", "brokers": brokers, "topics": topics.collect::<Vec<_>>(), "start": { "at": "earliest" },
            "folder": null, "profile": profile,
        });
        let call = "return await window.__TAURI_INTERNALS__.invoke('connect', { args: { connection: arguments[0] } })";
        let _none = self.js_async(call, vec![connection]);
    }

    /// Covers the page with an empty frame of its own origin; scripts run in there from now on.
    ///
    /// # Panics
    /// Where the driver does not enter it.
    pub fn enter_own_frame(&self) {
        let cover = "const frame = document.createElement('iframe');
            for (const [name, value] of Object.entries({ position: 'fixed', inset: '0', width: '100%', height: '100%', border: '0', zIndex: '99' })) frame.style[name] = value;
            document.body.append(frame);";
        let _covered = self.js(cover, vec![]);
        if let Err(error) = self.within(self.client().enter_frame(0)) {
            self.fail(&format!("cannot enter the frame: {error}"));
        }
    }

    /// Gives the window a size, in CSS pixels; nothing happens where it has it already.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        let wanted = (Some(u64::from(width)), Some(u64::from(height)));
        let is_sized = || {
            let size = self.js("return [innerWidth, innerHeight]", vec![]);
            (size[0].as_u64(), size[1].as_u64()) == wanted
        };
        if is_sized() {
            return;
        }
        // Without a window manager the driver may wait for an answer that does not come.
        let resized = async {
            tokio::time::timeout(Duration::from_secs(3), self.client().set_window_rect(0, 0, width, height)).await
        };
        let _answer = self.runtime.block_on(resized);
        self.wait_until("the window has its size", PATIENCE, is_sized);
    }

    fn client(&self) -> &Client {
        self.client.as_ref().unwrap()
    }

    fn element(&self, by: &By) -> Result<Element, String> {
        let found = self.within(self.client().execute(FIND, vec![by.json(), json!("element")]))?;
        let id = found.as_object().and_then(|object| object.values().next()?.as_str().map(str::to_owned));
        let id = id.ok_or_else(|| "it is not there".to_owned())?;
        Ok(Element::from_element_id(self.client().clone(), id.into()))
    }

    /// A PNG of the window. The engine takes one with the next frame that it presents, and a page at rest presents none:
    /// so one pixel that nobody sees is stirred for a while.
    fn picture(&self) -> Result<Vec<u8>, String> {
        self.within(self.client().execute(STIR, vec![]))?;
        self.within(self.client().screenshot())
    }

    /// Waits for one answer of the driver, but not for ever.
    fn within<T>(&self, call: impl Future<Output = Result<T, fantoccini::error::CmdError>>) -> Result<T, String> {
        let bounded = async { tokio::time::timeout(ANSWER, call).await };
        match self.runtime.block_on(bounded) {
            Ok(outcome) => outcome.map_err(|error| error.to_string()),
            Err(_) => Err(format!("no answer within {} s", ANSWER.as_secs())),
        }
    }

    fn act(&self, outcome: Result<(), String>, what: &str) {
        if let Err(error) = outcome {
            self.fail(&format!("{what}: {error}"));
        }
    }

    fn fail(&self, why: &str) -> ! {
        let file = pictures().join(format!("{}-failed.png", self.name));
        let kept = self.picture().ok().and_then(|bytes| std::fs::write(&file, bytes).ok());
        let picture = if kept.is_some() { format!("\nthe window then: {}", file.display()) } else { String::new() };
        let log = self.log();
        let tail = log.get(log.len().saturating_sub(3000)..).unwrap_or(&log);
        panic!("{}: {why}{picture}\nthe app said:\n{tail}", self.name)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            let ended = async { tokio::time::timeout(Duration::from_secs(5), client.close()).await };
            let _ended = self.runtime.block_on(ended);
        }
    }
}

/// Where pictures and logs of window tests are kept.
fn pictures() -> PathBuf {
    let folder = crate::clone_folder().join("target/window");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
