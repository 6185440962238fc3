// Browser tests: the pages on the recorded host, in Debian's Chromium, under the app's own content security policy.
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: import.meta.dirname,
  test: {
    environment: "node",
    include: ["*.spec.ts"],
    globalSetup: "./serve.ts",
    // Two cores: one browser at a time.
    fileParallelism: false,
    testTimeout: 90_000,
    hookTimeout: 60_000,
  },
});
