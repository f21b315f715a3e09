// Bundle the modules into the files that Python reads, canvas/built, explorer/built and gallery/built; with
// --check, say whether a fresh build equals them. They are committed, so that a clone runs without Node, and not
// minified, so that their changes can be read. The programs of ONNX Runtime are not: they are laid beside them, for wheels.

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const CANVAS = new URL("./", import.meta.url);
const EXPLORER = new URL("../../explorer/js/", import.meta.url);
const LIVE = new URL("live/", EXPLORER);
const GALLERY = new URL("../../gallery/js/", import.meta.url);
const BUNDLES = [
  { name: "canvas", from: "canvas/js", entry: CANVAS, sources: [CANVAS] },
  { name: "explorer", from: "explorer/js", entry: EXPLORER, sources: [CANVAS, EXPLORER] }, // it draws with the canvas's modules
  // the workers, with ONNX Runtime's JavaScript; its programs are too large to be committed
  ...["index", "webgpu"].map((start) => ({
    name: start === "index" ? "live" : `live_${start}`,
    from: "explorer/js/live",
    entry: LIVE,
    start,
    sources: [CANVAS, EXPLORER, LIVE],
    built: EXPLORER,
    worker: true,
  })),
  { name: "gallery", from: "gallery/js", entry: GALLERY, sources: [CANVAS, GALLERY] },
];

const RUNTIMES = ["ort-wasm-simd-threaded.wasm", "ort-wasm-simd-threaded.asyncify.wasm"]; // in WASM; for WebGPU

/** Give the hash that the tests of Python recompute: of every module's bytes, by folder and name. */
async function sourcesHash(folders) {
  const hash = createHash("sha256");
  for (const folder of folders) {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".js")).sort();
    for (const name of names) hash.update(await readFile(new URL(name, folder)));
  }
  return hash.digest("hex");
}

async function bundle({ entry, start = "index", sources, worker, from }) {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(entry),
    entryPoints: [`${start}.js`],
    bundle: true,
    // a page from disk starts no module as a worker, and a classic one has no import.meta
    ...(worker ? { format: "iife", define: { "import.meta.url": "self.location.href" } } : { format: "esm" }),
    target: "es2022",
    charset: "utf8",
    nodePaths: [fileURLToPath(new URL("node_modules", CANVAS))],
    legalComments: "inline",
    write: false,
    banner: {
      js: `// Built from ${from} by \`npm run build\`; change it there. Sources: sha256 ${await sourcesHash(sources)}`,
    },
  });
  return outputFiles[0].text;
}

/** Lay a program of ONNX Runtime where a wheel takes it from; git does not. */
async function layRuntime(name) {
  const program = await readFile(new URL(`node_modules/onnxruntime-web/dist/${name}`, CANVAS));
  const laid = new URL(`../built/${name}.gz`, EXPLORER);
  await writeFile(new URL(`${laid}.part`), gzipSync(program, { level: 9 }));
  await rename(new URL(`${laid}.part`), laid);
}

if (!process.argv.includes("--check")) for (const one of RUNTIMES) await layRuntime(one);
for (const one of BUNDLES) {
  const built = new URL(`../built/${one.name}.js`, one.built ?? one.entry);
  const text = await bundle(one);
  if (process.argv.includes("--check")) {
    const committed = await readFile(built, "utf8").catch(() => "");
    if (committed !== text) {
      console.error(`built/${one.name}.js is not what ${one.from} makes now. Run: npm run build, in canvas/js`);
      process.exitCode = 1;
    } else console.log(`built/${one.name}.js is what ${one.from} makes.`);
  } else {
    const part = new URL(`${one.name}.js.part`, built);
    await mkdir(new URL("./", built), { recursive: true });
    await writeFile(part, text);
    await rename(part, built); // whole or not at all
  }
}
