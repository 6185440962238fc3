// Where the window begins: opens the host, then puts the app into the page.
import { mount } from "svelte";
import App from "./App.svelte";
import { tauriHost } from "./ipc/tauri";
import { desk } from "./state/desk.svelte";
import { route } from "./state/route.svelte";
import { settings } from "./state/settings.svelte";
import "./fonts/fonts.css";
import "./shared/tokens.css";
import "./shared/app.css";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no element #app");

settings.host = tauriHost;
const boot = await tauriHost.call("boot", {}).catch(() => null);
if (boot) {
  settings.take(boot.settings);
  if (boot.screen) route.goByName(boot.screen);
  if (boot.problem) desk.tell(boot.problem.message, true);
}
mount(App, { target });
await desk.begin(tauriHost);
