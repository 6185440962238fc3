//! Work on parts of a plane, spread over a few threads.

use std::sync::{Mutex, PoisonError};

/// Below this many bytes of output a second thread costs more than it saves.
const WORTH_A_THREAD: usize = 1 << 20;

/// How many threads to use for `bytes` of output, at most `most`.
pub(crate) fn useful(most: usize, bytes: usize) -> usize {
    most.max(1).min(bytes / WORTH_A_THREAD + 1)
}

/// Runs `work` on every part, each with its number; a part goes to the next thread that is free, and each thread has a
/// scratch value of its own. The error of the first part that fails is given back, whatever the order in which they ran.
pub(crate) fn each<T: Send, C: Default, E: Send>(
    threads: usize,
    parts: impl Iterator<Item = T> + Send,
    work: impl Fn(usize, T, &mut C) -> Result<(), E> + Sync,
) -> Result<(), E> {
    let parts = parts.enumerate();
    if threads <= 1 {
        let mut scratch = C::default();
        for (number, part) in parts {
            work(number, part, &mut scratch)?;
        }
        return Ok(());
    }
    let parts = Mutex::new(parts);
    let failed: Mutex<Option<(usize, E)>> = Mutex::new(None);
    let run = || {
        let mut scratch = C::default();
        loop {
            let next = parts.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((number, part)) = next else { return };
            if failed.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
                return;
            }
            if let Err(error) = work(number, part, &mut scratch) {
                let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
                if failed.as_ref().is_none_or(|(first, _)| number < *first) {
                    *failed = Some((number, error));
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(run);
        }
        run();
    });
    match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        None => Ok(()),
        Some((_, error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_worked_on_once_and_the_first_error_is_told() {
        let mut cells = vec![0_u32; 1000];
        let done = each(3, cells.chunks_mut(7), |number, part, seen: &mut usize| {
            *seen += 1;
            part.iter_mut().for_each(|cell| *cell += u32::try_from(number).unwrap() + 1);
            Ok::<(), ()>(())
        });
        assert_eq!(done, Ok(()));
        assert!(cells.iter().enumerate().all(|(at, &cell)| cell as usize == at / 7 + 1));
        let failed = each(1, 0..9, |number, _, (): &mut ()| if number >= 4 { Err(number) } else { Ok(()) });
        assert_eq!(failed, Err(4));
        assert!((4..9).contains(&each(4, 0..9, |n, _, (): &mut ()| if n >= 4 { Err(n) } else { Ok(()) }).unwrap_err()));
        assert_eq!((useful(4, 10), useful(4, 3 << 20), useful(2, 1 << 30)), (1, 4, 2));
    }
}
