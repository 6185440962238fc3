/** Builds the pages on the recorded host and serves them on this machine alone, with the policy of tauri.conf.json. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, resolve } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    address: string;
  }
}

const ui = join(import.meta.dirname, "..");
/** As vite.config.ts has it. */
const built = resolve(ui, process.env["RECORDED_DIR"] ?? "dist-recorded");
const KINDS: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".woff2": "font/woff2",
  ".svg": "image/svg+xml",
};

/** The app's policy; the recording comes by http here instead of the app's own scheme. */
function policy(): string {
  const app: unknown = JSON.parse(readFileSync(join(ui, "../src-tauri/tauri.conf.json"), "utf8"));
  const { csp } = (app as { app: { security: { csp: Record<string, string> } } }).app.security;
  return Object.entries({ ...csp, "connect-src": "'self'" })
    .map(([name, sources]) => `${name} ${sources}`)
    .join("; ");
}

export default async function serve(project: TestProject): Promise<() => Promise<void>> {
  // Its own process: in this one Vite would take Svelte's parts for tests without a browser.
  const { VITEST: _vitest, NODE_ENV: _env, ...env } = process.env;
  execFileSync(process.execPath, ["node_modules/vite/bin/vite.js", "build", "--mode", "recorded", "--logLevel", "warn"], { cwd: ui, env, stdio: "inherit" });
  const csp = policy();
  const server = createServer((request, answer) => {
    const path = normalize(new URL(request.url ?? "/", "http://here").pathname);
    if (path === "/favicon.ico") {
      answer.writeHead(204).end();
      return;
    }
    try {
      const body = readFileSync(join(built, path === "/" ? "index.html" : path));
      answer.writeHead(200, { "content-type": KINDS[extname(path === "/" ? ".html" : path)] ?? KINDS[".html"], "content-security-policy": csp });
      answer.end(body);
    } catch {
      answer.writeHead(404).end();
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port to serve on");
  project.provide("address", `http://127.0.0.1:${address.port}`);
  return () => new Promise((closed) => server.close(() => closed()));
}
