// Where the window begins: opens the host, then puts the app into the page.
import { mount } from "svelte";
import App from "./App.svelte";
import { tauriHost } from "./ipc/tauri";
import type { Host } from "./ipc/host";
import { desk, inOrder } from "./state/desk.svelte";
import { route } from "./state/route.svelte";
import { settings } from "./state/settings.svelte";
import { wall } from "./state/wall.svelte";
import "./fonts/fonts.css";
import "./shared/tokens.css";
import "./shared/app.css";

/** The page appears after so long also without plates. */
const PATIENCE_MS = 150;

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no element #app");

/** `vite build --mode recorded` is for browser tests alone; nothing of it is in the app's pages. */
async function open(): Promise<Host> {
  if (import.meta.env.MODE !== "recorded") return tauriHost;
  const { recordedHost } = await import("./ipc/recorded");
  const { host, handle } = recordedHost(await (await fetch("/demo.json")).json());
  Object.assign(window, { recorded: handle });
  return host;
}

// A page's own menu offers what an instrument does not: going back, loading anew. Where text is written or chosen it copies and pastes.
document.addEventListener("contextmenu", (event) => {
  const isText = event.target instanceof Element && event.target.closest("input, textarea, [contenteditable]") !== null;
  if (!isText && (getSelection()?.toString() ?? "") === "") event.preventDefault();
});

// The first text is laid out once, in its own letters: with others in their place it took four times as long.
const letters = Promise.allSettled(["12px Inter", "12px 'JetBrains Mono'"].map((face) => document.fonts.load(face)));
const host = await open();
settings.host = host;
// Plates that are told in time are there when the page appears, and their values are on the way.
const plates = new Promise<void>((come) => {
  setTimeout(come, PATIENCE_MS);
  desk.begin(host, (told) => {
    if (told.kind !== "tick") return;
    wall.expect([...told.plates].sort(inOrder).map((tile) => tile.plate), told.number);
    come();
  });
});
const boot = await host.call("boot", {}).catch(() => null);
await Promise.all([letters, plates]);
if (boot) {
  settings.take(boot.settings);
  if (boot.screen) route.goByName(boot.screen);
  if (boot.problem) desk.tell(boot.problem.message, true);
}
desk.heed();
mount(App, { target });
