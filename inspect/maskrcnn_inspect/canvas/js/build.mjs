// Bundle the modules into built/canvas.js, the file that Python reads; with --check, say whether a fresh build equals it.
// The file is committed, so that a clone runs without Node, and not minified, so that its changes can be read.

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = new URL("./", import.meta.url);
const BUILT = new URL("../built/canvas.js", HERE);

/** Give the hash that canvas/assets.py's test recomputes: of every module's bytes, by name. */
async function sourcesHash() {
  const names = (await readdir(HERE)).filter((name) => name.endsWith(".js")).sort();
  const hash = createHash("sha256");
  for (const name of names) hash.update(await readFile(new URL(name, HERE)));
  return hash.digest("hex");
}

async function bundle() {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(HERE),
    entryPoints: ["index.js"],
    bundle: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    write: false,
    banner: {
      js: `// Built from canvas/js by \`npm run build\`; change it there. Sources: sha256 ${await sourcesHash()}`,
    },
  });
  return outputFiles[0].text;
}

const text = await bundle();
if (process.argv.includes("--check")) {
  const committed = await readFile(BUILT, "utf8").catch(() => "");
  if (committed !== text) {
    console.error("built/canvas.js is not what canvas/js makes now. Run: npm run build, in canvas/js");
    process.exit(1);
  }
  console.log("built/canvas.js is what canvas/js makes.");
} else {
  const part = new URL("canvas.js.part", BUILT);
  await mkdir(new URL("./", BUILT), { recursive: true });
  await writeFile(part, text);
  await rename(part, BUILT); // whole or not at all
}
