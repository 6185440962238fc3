//! The engine's commands as the window calls them: one line each, made from the engine's one list.

use std::sync::Arc;

use engine::desk::calls::*;
use engine::desk::cards::*;
use engine::desk::chosen::*;
use engine::desk::compared::*;
use engine::desk::drawn::*;
use engine::desk::gaps::GapLedger;
use engine::desk::layouts::*;
use engine::desk::packed::*;
use engine::desk::pictured::*;
use engine::desk::reviewed::*;
use engine::desk::rule_book::*;
use engine::desk::shown::*;
use engine::desk::told::AlertItem;
use engine::desk::trace::{Trace, TraceArgs};
use engine::desk::{Desk, Failure};
use tauri::State;
use tauri::ipc::{Channel, Invoke};

macro_rules! window_commands {
    ($($name:ident: $args:ty => $result:ty, $says:literal;)*) => {
        $(
            #[doc = $says]
            #[tauri::command]
            async fn $name(desk: State<'_, Arc<Desk>>, args: $args) -> Result<$result, Failure> {
                desk.inner().$name(args).await
            }
        )*

        /// Answers every command of the window.
        pub(crate) fn handler() -> impl Fn(Invoke) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($name,)* check]
        }
    };
}
engine::with_commands!(window_commands);

/// Tests a connection, telling each step.
#[tauri::command]
async fn check(
    desk: State<'_, Arc<Desk>>,
    args: ConnectionArgs,
    step: Channel<CheckStep>,
) -> Result<CheckOutcome, Failure> {
    // A window that closed meanwhile hears nothing, and the check ends by itself.
    desk.check(args, move |told| drop(step.send(told))).await
}
