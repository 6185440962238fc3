//! A bare Tauri window: what the benches hold Plateside's start and memory against. Shows one empty page, or the address
//! that is named (a bench page on 127.0.0.1), and prints `loaded` on stdout when it is there.

use std::io::Write as _;

use tauri::webview::PageLoadEvent;
use tauri::{WebviewUrl, WebviewWindowBuilder};

#[expect(clippy::disallowed_methods, reason = "Tauri's macro ends the program where its own assets are damaged")]
fn context() -> tauri::Context {
    tauri::generate_context!()
}

fn main() {
    let address = std::env::args().nth(1).map(|address| address.parse::<tauri::Url>());
    let url = match address.or_else(|| Some("about:blank".parse())) {
        Some(Ok(url)) if url.as_str() == "about:blank" => WebviewUrl::External(url),
        Some(Ok(url)) if url.host_str() == Some("127.0.0.1") => WebviewUrl::External(url),
        _ => return,
    };
    let built = tauri::Builder::default()
        .setup(move |app| {
            WebviewWindowBuilder::new(app, "bare", url)
                .inner_size(1440.0, 900.0)
                .on_page_load(|_, loaded| {
                    if loaded.event() == PageLoadEvent::Finished {
                        // Nobody listening is no fault.
                        let _ = writeln!(std::io::stdout(), "loaded");
                        let _ = std::io::stdout().flush();
                    }
                })
                .build()?;
            Ok(())
        })
        .build(context());
    if let Ok(app) = built {
        app.run(|_, _| {});
    }
}
