//! Sessions on a real disk: what goes in comes out, and what goes wrong says so.

#[cfg(test)]
mod bundling;
#[cfg(test)]
mod content;
#[cfg(test)]
mod failing;
#[cfg(test)]
mod refusing;
#[cfg(test)]
mod replaying;
#[cfg(test)]
mod resuming;
#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tampering;
#[cfg(test)]
mod timeline;
