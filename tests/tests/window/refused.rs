//! What the page may not do: leave, load from elsewhere, run a text, call what is no command of ours, call from a frame.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use plateside_tests::window::{Launch, is_ready, test_id};
use serde_json::json;

#[test]
fn a_page_may_only_call_our_commands_from_our_own_window() {
    if !is_ready("a page may only call our commands from our own window") {
        return;
    }
    // Another origin on this machine, which nobody may reach.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let other = format!("http://127.0.0.1:{}/", listener.local_addr().unwrap().port());
    let reached = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&reached);
    std::thread::spawn(move || listener.incoming().for_each(|_| _ = counter.fetch_add(1, Ordering::SeqCst)));

    let window = Launch::new("refused").start();
    window.await_sight(&test_id("rail-live"));
    let home = window.js("return location.href", vec![]);
    assert_eq!(window.js("return window.__TAURI__ === undefined", vec![]), true, "no global of Tauri's");

    // Our own command answers; nothing else does.
    let call = "try { return { answer: await window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1] || {}) !== undefined }; }
        catch (error) { return { refused: JSON.stringify(error) }; }";
    assert!(window.js_async(call, vec![json!("boot"), json!({ "args": {} })])["answer"] == true, "boot answers");
    for command in [
        "plugin:window|close",
        "plugin:event|listen",
        "plugin:webview|create_webview_window",
        "plugin:app|version",
        "plugin:path|resolve_directory",
        "plugin:fs|read_file",
        "plugin:shell|execute",
        "plugin:http|fetch",
        "plugin:window-state|restore_state",
        "no_such_command",
    ] {
        let outcome = window.js_async(call, vec![json!(command)]);
        assert!(outcome["refused"].is_string(), "{command} is refused: {outcome}");
    }

    // A frame has no door, and none of its own making.
    let frame = "const frame = document.createElement('iframe'); document.body.append(frame);
        const inner = frame.contentWindow, found = [], late = () => new Promise((_, no) => setTimeout(no, 1500));
        if (inner.__TAURI_INTERNALS__) found.push('internals');
        for (const headers of [{}, { 'Tauri-Callback': '1', 'Tauri-Error': '2', 'Tauri-Invoke-Key': 'guess' }]) {
          try { const r = await Promise.race([late(), inner.fetch('ipc://localhost/boot', { method: 'POST', body: '{\"args\":{}}', headers: { 'Content-Type': 'application/json', ...headers } })]);
            if (r.ok && (await r.text()).includes('version')) found.push('ipc'); } catch (_refused) {}
        }
        frame.remove(); return found.join();";
    assert_eq!(window.js_async(frame, vec![]), "", "nothing is found in a frame");

    // Nothing comes from or goes to elsewhere, and no text runs.
    let attempts = "const other = arguments[0], done = [];
        for (const [name, attempt] of [
          ['fetch', () => fetch(other)],
          ['socket', () => new Promise((ok, no) => { const s = new WebSocket(other.replace('http', 'ws')); s.onopen = ok; s.onerror = no; })],
          ['image', () => new Promise((ok, no) => { const i = new Image(); i.onload = ok; i.onerror = no; i.src = other; })],
          ['script', () => new Promise((ok, no) => { const s = document.createElement('script'); s.onload = ok; s.onerror = no; s.src = other; document.body.append(s); })],
          ['inline', () => new Promise((ok, no) => { window.__ran = false; const s = document.createElement('script'); s.textContent = 'window.__ran = true'; document.body.append(s); window.__ran ? ok() : no(); })],
          ['eval', async () => (0, eval)('1')],
          ['Function', async () => new Function('return 1')()],
          ['frame', () => new Promise((ok, no) => { const f = document.createElement('iframe'); f.src = other; document.body.append(f); setTimeout(no, 500); })],
          ['window', async () => { if (!window.open(other)) throw 0; }],
        ]) try { await Promise.race([attempt(), new Promise((_, no) => setTimeout(no, 1500))]); done.push(name); } catch (_refused) {}
        return done.join();";
    assert_eq!(window.js_async(attempts, vec![json!(other)]), "", "each attempt is refused");
    assert!(window.heard().refused.len() >= 6, "the policy told of them: {:?}", window.heard().refused);
    let _leaving = window.js("setTimeout(url => { location.href = url; }, 0, arguments[0])", vec![json!(other)]);
    std::thread::sleep(std::time::Duration::from_millis(700));
    assert_eq!(window.js("return location.href", vec![]), home, "the page stays");
    window.await_sight(&test_id("rail-live"));
    assert_eq!(reached.load(Ordering::SeqCst), 0, "nobody reached the other origin");
    window.close();
}
