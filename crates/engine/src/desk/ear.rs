//! A page that listens: what it is told waits here until it asks, at most one strip and one tick.
//!
//! The page asks by the shell's scheme and is answered when there is news. A channel of the shell would run each message
//! as a script of its own in the page, and WebKitGTK keeps such scripts: with 25 ticks a second the page grew by 90 MB
//! a minute.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::Desk;
use super::failure::{Answer, Failure};
use super::told::{Heard, Told};

/// A page that asks is answered after so long also where there is no news.
const PATIENCE: Duration = Duration::from_secs(20);
/// A page that asks while it still draws is answered sooner: only its next question can say that it is done.
const DRAWING: Duration = Duration::from_millis(500);

/// The first answer of a page waits so long for its plates: one answer is one round trip, and the page appears with them.
const FIRST: Duration = Duration::from_millis(100);

/// What waits for one page.
#[derive(Default)]
pub(super) struct Ear {
    page: u32,
    waiting: Mutex<Waiting>,
    news: Notify,
}

#[derive(Default)]
struct Waiting {
    strip: Option<Told>,
    tick: Option<Told>,
    /// Another page listens, or the desk is gone.
    over: bool,
}

impl Ear {
    /// Lets something wait. A newer strip takes the older one's place; so does a newer tick, which comes unasked only
    /// where it makes void what was told before. `false` where nobody listens any more.
    pub(super) fn hear(&self, told: Told) -> bool {
        let mut waiting = self.waiting();
        match told {
            Told::Strip(_) => waiting.strip = Some(told),
            Told::Tick(_) => waiting.tick = Some(told),
        }
        let listens = !waiting.over;
        drop(waiting);
        self.news.notify_one();
        listens
    }

    /// The tick that waits is of what is not shown any more.
    pub(super) fn forget_tick(&self) {
        self.waiting().tick = None;
    }

    /// Nobody listens here any more.
    fn end(&self) {
        self.waiting().over = true;
        self.news.notify_one();
    }

    /// Whether nobody listens here any more.
    pub(super) fn is_over(&self) -> bool {
        self.waiting().over
    }

    /// Whether what waits is worth an answer, with plates where the page has none yet; an end always is.
    fn has_news(&self, with_plates: bool) -> bool {
        let waiting = self.waiting();
        waiting.over || waiting.tick.is_some() || (!with_plates && waiting.strip.is_some())
    }

    /// What waits; `None` where it is over.
    fn take(&self) -> Option<Vec<Told>> {
        let mut waiting = self.waiting();
        let told = [waiting.strip.take(), waiting.tick.take()];
        (!waiting.over).then(|| told.into_iter().flatten().collect())
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    /// What is new for a page that listens: waits until there is something, and answers with nothing after a while.
    /// `page` is 0 for a page that begins to listen, from then on the answer's; one page listens at a time, and a new one
    /// is first told everything. `drawn` is the last tick that is on the page's screen: the next one may come.
    ///
    /// # Errors
    /// `superseded`: another page listens.
    pub async fn told(self: &Arc<Self>, page: u32, drawn: u32) -> Answer<Heard> {
        let ear = if page == 0 { self.begin_page() } else { self.ear() };
        if page != 0 && page != ear.page {
            return Err(superseded());
        }
        self.drawn(drawn);
        let patience = match page {
            // Without plates in time the page begins with what there is.
            0 => FIRST,
            _ if drawn < self.last_told() => DRAWING,
            _ => PATIENCE,
        };
        let _in_time = tokio::time::timeout(patience, async {
            while !ear.has_news(page == 0) {
                ear.news.notified().await;
            }
        })
        .await;
        let told = ear.take().ok_or_else(superseded)?;
        Ok(Heard { page: ear.page, told })
    }

    fn ear(&self) -> Arc<Ear> {
        Arc::clone(&self.ear.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn begin_page(self: &Arc<Self>) -> Arc<Ear> {
        let mut listening = self.ear.lock().unwrap_or_else(PoisonError::into_inner);
        listening.end();
        let ear = Arc::new(Ear { page: listening.page + 1, ..Ear::default() });
        *listening = Arc::clone(&ear);
        drop(listening);
        tokio::spawn(Arc::clone(self).watch(Arc::clone(&ear)));
        ear
    }
}

fn superseded() -> Failure {
    Failure::new("superseded", "Another page of this window listens now.")
}
