// One script for `cargo xtask bench window repaint`; nothing of it is in the app.
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  build: {
    target: "es2022",
    outDir: "../dist-bench",
    emptyOutDir: true,
    lib: { entry: "repaint.ts", name: "bench", formats: ["iife"], fileName: () => "repaint.js" },
  },
});
