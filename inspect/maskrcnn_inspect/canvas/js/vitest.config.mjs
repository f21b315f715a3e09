import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Tests of the Explorer and the gallery stand beside their modules, where no node_modules is above them.
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("../../"),
  resolve: { alias: { vitest: here("node_modules/vitest"), jsdom: here("node_modules/jsdom") } },
  server: { fs: { strict: false } },
  test: {
    environment: "node",
    include: [
      "canvas/js/tests/*.test.js",
      "explorer/js/tests/*.test.js",
      "explorer/js/live/tests/*.test.js",
      "gallery/js/tests/*.test.js",
    ],
    allowOnly: false,
  },
});
