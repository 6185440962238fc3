//! The window's start and end: desk, single instance, navigation held to our own pages.

use std::sync::Arc;

use engine::desk::chosen::DemoArgs;
use engine::desk::{Desk, DeskOptions, Failure};
use engine::feed::WorkerCommand;
use engine::settings::Theme;
use engine::{Folders, Settings};
use tauri::utils::config::WindowConfig;
use tauri::{App, AppHandle, Manager as _, RunEvent, WebviewWindowBuilder};

use crate::arguments::Arguments;
use crate::{commands, scheme};

/// Opens the window and stays until it is closed.
///
/// # Errors
/// A sentence for a person.
pub(crate) fn run(arguments: Arguments) -> Result<(), String> {
    let context = context();
    make_page_folder(&context.config().identifier)?;
    let app = tauri::Builder::default()
        // A second start brings the first window forward: two writers of one settings file would confuse everybody.
        .plugin(tauri_plugin_single_instance::init(|app, _, _| focus(app)))
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .register_asynchronous_uri_scheme_protocol(scheme::NAME, scheme::serve)
        .invoke_handler(commands::handler())
        .setup(move |app| set_up(app, arguments))
        .build(context)
        .map_err(|error| error.to_string())?;
    app.run(|app, event| {
        if let RunEvent::Exit = event {
            close(app);
        }
    });
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "Tauri's macro ends the program where its own assets are damaged")]
fn context() -> tauri::Context {
    tauri::generate_context!()
}

/// Makes the folder in which the page's own data lie: the shell would end in a panic where it cannot.
#[cfg(target_os = "linux")]
fn make_page_folder(identifier: &str) -> Result<(), String> {
    let folders = Folders::of_this_machine().ok_or("this account has no home folder: set HOME")?;
    let Some(data) = folders.sessions.ancestors().nth(2) else { return Ok(()) };
    let folder = data.join(identifier);
    std::fs::create_dir_all(&folder).map_err(|error| {
        let folder = folder.display();
        format!("{folder} cannot be made: {error}; set XDG_DATA_HOME to a folder that may be written to")
    })
}

/// The system's own place, made by the shell.
#[cfg(not(target_os = "linux"))]
fn make_page_folder(_: &str) -> Result<(), String> {
    Ok(())
}

fn set_up(app: &App, arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let folders = Folders::of_this_machine().ok_or("this account has no home folder: set HOME")?;
    let (settings, problem) = match Settings::read(&folders.config) {
        Ok(settings) => (settings, None),
        Err(error) => (Settings::default(), Some(Failure::new("settings", error.to_string()))),
    };
    let desk = Desk::new(DeskOptions {
        folders,
        settings,
        worker: WorkerCommand {
            program: std::env::current_exe()?,
            args: ["worker", "consume"].map(Into::into).to_vec(),
        },
        user: user(),
        version: app.package_info().version.to_string(),
        screen: arguments.screen.clone(),
        problem,
        measure: arguments.measure.clone(),
    });
    app.manage(Arc::clone(&desk));
    tauri::async_runtime::spawn(dress(app.handle().clone(), Arc::clone(&desk)));
    tauri::async_runtime::spawn(open(desk, arguments));
    end_on_signals(app.handle().clone());
    for window in &app.config().app.windows {
        let ours = |url: &tauri::Url| match url.scheme() {
            "tauri" => url.host_str() == Some("localhost"),
            "http" => cfg!(windows) && url.host_str() == Some("tauri.localhost"),
            _ => url.as_str() == "about:blank",
        };
        WebviewWindowBuilder::from_config(app, &on_this_screen(app, window.clone()))?
            .on_navigation(ours)
            .on_new_window(|_, _| tauri::webview::NewWindowResponse::Deny)
            .build()?;
    }
    Ok(())
}

/// A screen may be smaller than the smallest window: then the window is as large as the screen, and its page scrolls.
fn on_this_screen(app: &App, mut window: WindowConfig) -> WindowConfig {
    if let Ok(Some(monitor)) = app.primary_monitor() {
        let screen = monitor.size().to_logical::<f64>(monitor.scale_factor());
        for (least, now, there) in [
            (&mut window.min_width, &mut window.width, screen.width),
            (&mut window.min_height, &mut window.height, screen.height),
        ] {
            *least = least.map(|least| least.min(there));
            *now = now.min(there);
        }
    }
    window
}

/// What the command line asked for; what goes wrong is told in the window.
async fn open(desk: Arc<Desk>, arguments: Arguments) {
    let opened = match (&arguments.open, arguments.demo) {
        (Some(folder), _) => match std::path::absolute(folder) {
            Ok(folder) => desk.open_folder(&folder).await,
            Err(error) => Err(error.into()),
        },
        (None, true) => desk.start_demo(DemoArgs { speed: arguments.speed }).await,
        (None, false) => Ok(()),
    };
    if let Err(failure) = opened {
        desk.tell_problem(failure);
    }
}

/// Menus and lists that the system draws have the page's theme.
async fn dress(app: AppHandle, desk: Arc<Desk>) {
    let mut themes = desk.theme();
    loop {
        app.set_theme(match *themes.borrow_and_update() {
            Theme::System => None,
            Theme::Dark => Some(tauri::Theme::Dark),
            Theme::Light => Some(tauri::Theme::Light),
        });
        if themes.changed().await.is_err() {
            return;
        }
    }
}

/// Ends well on SIGTERM and SIGINT, as on closing the window.
fn end_on_signals(app: AppHandle) {
    #[cfg(unix)]
    tauri::async_runtime::spawn(async move {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
        else {
            return;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        app.exit(0);
    });
    #[cfg(not(unix))]
    drop(app);
}

/// Ends the recording; what was committed is safe whatever happens here.
fn close(app: &AppHandle) {
    let Some(desk) = app.try_state::<Arc<Desk>>() else { return };
    if let Err(failure) = tauri::async_runtime::block_on(desk.close()) {
        say(&failure.message);
    }
}

fn focus(app: &AppHandle) {
    if let Some(window) = app.get_webview_window("main") {
        // A window that cannot come forward is still there.
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
}

/// Who makes records here, as the operating system says.
fn user() -> String {
    let named = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    named.filter(|name| !name.is_empty()).unwrap_or_else(|| "unknown".to_owned())
}

#[expect(clippy::print_stderr, reason = "the window is gone")]
fn say(sentence: &str) {
    eprintln!("plateside-app: {sentence}");
}
