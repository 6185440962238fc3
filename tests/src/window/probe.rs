//! What must not happen in a page: refused content, script from data, errors nobody caught.

use serde_json::Value;

use super::Window;

/// Listens from now on, and hears refusals from before where the engine kept them.
const LISTEN: &str = r"
if (window.__heard) return;
const heard = window.__heard = { refused: [], executed: [], errors: [] };
const refused = (what, blocked, sample) => heard.refused.push(`${what}: ${blocked} ${sample || ''}`);
document.addEventListener('securitypolicyviolation', e => refused(e.effectiveDirective, e.blockedURI, e.sample));
try { new ReportingObserver(list => list.forEach(r => r.type === 'csp-violation' && refused(r.body.effectiveDirective, r.body.blockedURL, r.body.sample)),
  { types: ['csp-violation'], buffered: true }).observe(); } catch (error) { heard.errors.push(`no reports: ${error}`); }
window.addEventListener('error', e => heard.errors.push(String(e.message)));
window.addEventListener('unhandledrejection', e => heard.errors.push(String(e.reason && e.reason.message || e.reason)));
// What every hostile text of the tests calls, were it ever run as a script.
window.__executed = what => heard.executed.push(String(what));
";

/// What the probe heard.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Content that the security policy refused.
    pub refused: Vec<String>,
    /// Calls of `__executed`: a text became a script.
    pub executed: Vec<String>,
    /// Errors that nobody caught.
    pub errors: Vec<String>,
}

impl Window {
    /// Begins to listen; the harness does so as soon as the page is there.
    pub fn listen(&self) {
        let _nothing = self.js(LISTEN, vec![]);
    }

    /// What was heard since then.
    #[must_use]
    pub fn heard(&self) -> Heard {
        let heard = self.js("return window.__heard || null", vec![]);
        let list = |name: &str| -> Vec<String> {
            let items = heard[name].as_array().cloned().unwrap_or_default();
            items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        assert!(heard.is_object(), "the page was loaded anew, and the probe with it is gone");
        Heard { refused: list("refused"), executed: list("executed"), errors: list("errors") }
    }

    /// Fails where anything was heard.
    ///
    /// # Panics
    /// With what it was.
    pub fn assert_quiet(&self) {
        assert_eq!(self.heard(), Heard::default(), "nothing is refused, nothing executed, nothing thrown");
    }
}
