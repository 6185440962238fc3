// What is refused in the window's source, beyond what the type checker sees. The rooms (who may import whom) are those of
// ARCHITECTURE.md; tests/src/house.rs holds the same table.
import path from "node:path";
import { fileURLToPath } from "node:url";
import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

const src = path.join(path.dirname(fileURLToPath(import.meta.url)), "src");

/** The room of a file under src: `views/live`, `state`, `shared`, `ipc`, `fonts`; "" for the frame itself; null outside. */
function room(file) {
  const parts = path.relative(src, file).split(path.sep);
  if (parts[0] === "..") return null;
  if (parts.length === 1) return "";
  return parts[0] === "views" && parts.length > 2 ? `views/${parts[1]}` : parts[0];
}

/** Whether code in one room may import from another; types cost nothing and may come from ipc anywhere but in shared. */
function allowed(from, to, typesOnly) {
  if (from === "" || from === to) return true;
  if (from.startsWith("views/")) return to === "state" || to === "shared" || (to === "ipc" && typesOnly);
  if (from === "state") return to === "ipc" || to === "shared";
  return false;
}

const rooms = {
  meta: { type: "problem", schema: [], messages: { arrow: "{{from}} may not import {{to}} (ARCHITECTURE.md)" } },
  create(context) {
    const file = context.filename;
    const from = room(file);
    if (from === null) return {};
    const look = (node) => {
      const name = node.source?.value;
      if (typeof name !== "string" || !name.startsWith(".")) return;
      const to = room(path.resolve(path.dirname(file), name));
      const typesOnly = node.importKind === "type" || node.exportKind === "type";
      if (to !== null && !allowed(from, to, typesOnly)) {
        context.report({ node, messageId: "arrow", data: { from, to: to || "the frame" } });
      }
    };
    return { ImportDeclaration: look, ExportNamedDeclaration: look, ExportAllDeclaration: look, ImportExpression: look };
  },
};

export default ts.config(
  { ignores: ["dist/", "dist-recorded/", "dist-bench/", "node_modules/", "src/ipc/generated.ts"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    plugins: { house: { rules: { rooms } } },
    rules: {
      "house/rooms": "error",
      // The type checker knows names better.
      "no-undef": "off",
      eqeqeq: "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-console": ["error", { allow: ["warn", "error"] }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
      // Arrays of numbers are indexed everywhere here, behind their lengths.
      "@typescript-eslint/no-non-null-assertion": "off",
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: ["@tauri-apps/*"], message: "only src/ipc talks to the app" }] },
      ],
    },
  },
  { files: ["src/ipc/**"], rules: { "no-restricted-imports": "off" } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig } },
    rules: {
      // A message's text is text: never markup.
      "svelte/no-at-html-tags": "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: "SvelteAttribute[key.name='style']",
          message: "the content security policy refuses style attributes: use a class, or style:name={value}",
        },
      ],
    },
  },
  {
    files: ["tests-browser/**", "*.config.*"],
    languageOptions: { globals: { ...globals.node } },
    rules: { "no-console": "off" },
  },
);
