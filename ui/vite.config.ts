// How the window's pages are built and tested. What comes out must run under a content security policy without inline
// scripts, inline styles or eval, so nothing is inlined and every asset is a file of its own.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

// `--mode recorded` builds the same window on the recorded host, for tests in a plain browser. Two people who test in one
// checkout name a folder each by RECORDED_DIR: each build empties its own.
export default defineConfig(({ mode }) => ({
  plugins: [svelte(), svelteTesting()],
  base: "/",
  publicDir: mode === "recorded" ? "tests-browser/recorded" : false,
  build: {
    // WebKitGTK 2.50 and Chromium; nothing older shows this window.
    target: "es2022",
    outDir: mode === "recorded" ? (process.env["RECORDED_DIR"] ?? "dist-recorded") : "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: true,
    // What the first screen needs is one file: each file is a round trip. The other screens are one each, and come later.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: "first", test: /node_modules|src\/(state|ipc|shared)\/|views\/(frame|live|later)\// }] } },
    },
    reportCompressedSize: false,
  },
  server: { host: "127.0.0.1", port: 5173, strictPort: true },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.ts"],
    restoreMocks: true,
    passWithNoTests: false,
  },
}));
