/** Questions of which one is on its way at a time: what is asked meanwhile is not lost between the last answer and the end. */

/**
 * Runs `run`, and again as long as there is `more`. `ended` is called in the same step in which there was no more: whoever
 * asks before it is served by this round, whoever asks after it begins the next. It never ends before whoever keeps its promise has it.
 */
export async function rounds(run: () => Promise<void>, more: () => boolean, ended: () => void): Promise<void> {
  try {
    do await run();
    while (more());
  } finally {
    ended();
  }
}
