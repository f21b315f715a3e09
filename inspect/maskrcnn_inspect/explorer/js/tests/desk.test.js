import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { makeDesk } from "../desk.js";
import { GpuError } from "../line.js";

const packed = (/** @type {string} */ text) => ({ base64: gzipSync(text).toString("base64") });
const PAGE = {
  worker: packed("plain"),
  runtime: packed("small"),
  webgpu: { worker: packed("gpu"), runtime: packed("large") },
  models: { shapes: packed("graphs") },
  recorded: packed("{}"),
  samples: [
    { name: "one", weights: "shapes", says: "", size: [1, 1], pixels: packed("rgb") },
    { name: "two", weights: "shapes", says: "", size: [1, 1], pixels: packed("rgb") },
  ],
  sample: "one",
  docs: "",
};

/**
 * A desk whose workers are played: they note what is asked of them; `faults` are words with which the GPU fails.
 * @param {{ wanted?: string, faults?: Record<string, string>, page?: any, found?: boolean }} [how]
 */
async function played({ wanted = "", faults = {}, page = PAGE, found = true } = {}) {
  /** @type {string[]} */
  const asked = [];
  /** @type {any[]} */
  const moved = [];
  /** @type {Record<string, () => void>} */
  const before = {}; // what happens when the GPU is asked something
  /** @type {((reason: string) => void) | undefined} */
  let lose;
  /** @type {import("../desk.js").Around["start"]} */
  const start = (script, { lost }) => {
    if (script === "gpu") lose = lost;
    /** @type {Error | null} */
    let over = null;
    return {
      async ask(/** @type {any} */ { ask, name }) {
        if (over) throw over;
        asked.push(`${script}: ${ask}`);
        if (script === "gpu") before[ask]?.();
        if (script === "gpu" && faults[ask]) lost?.(faults[ask]);
        if (over) throw over;
        const adapter = { found, software: false };
        return { message: { adapter, by: script, name }, buffers: [] };
      },
      end(error) {
        over = error;
      },
    };
  };
  const around = { progress() {}, moved: (/** @type {any} */ run) => void moved.push(run), wanted, start };
  const desk = await makeDesk(page, around);
  return { desk, asked, moved, faults, before, lose: (/** @type {string} */ reason) => lose?.(reason) };
}

test("the GPU runs where there is one, and of two programs one is loaded", async () => {
  const { desk, asked } = await played();
  const { message } = await desk.open({ sample: "one" });
  expect([message.by, message.note]).toEqual(["gpu", ""]);
  await desk.open({ sample: "two" });
  expect(asked.filter((one) => /begin|model/.test(one))).toEqual(["gpu: begin", "gpu: model"]);
});

test("without a GPU, or where the address says so, WASM runs", async () => {
  for (const how of [{ found: false }, { wanted: "wasm" }, { page: { ...PAGE, webgpu: undefined } }]) {
    const { desk, asked } = await played(how);
    expect((await desk.open({ sample: "one" })).message).toMatchObject({ by: "plain", note: "" });
    expect(asked.filter((one) => one.startsWith("gpu"))).toEqual([]);
  }
});

test("a GPU that fails at any step is said once, and the image runs in WASM", async () => {
  for (const step of ["begin", "model", "pixels"]) {
    const { desk } = await played({ faults: { [step]: "boxes differ" } });
    const { message } = await desk.open({ sample: "one" });
    expect(message.by).toBe("plain");
    expect(message.note).toBe("WebGPU is not used here (boxes differ); WASM runs the model.");
    expect((await desk.open({ sample: "two" })).message.note).toBe("");
  }
});

test("a program that cannot be loaded is a GPU that fails", async () => {
  const broken = { ...PAGE, webgpu: { worker: PAGE.webgpu.worker, runtime: { url: "nowhere" } } };
  const { desk } = await played({ page: broken });
  const { message } = await desk.open({ sample: "one" });
  expect(message.by).toBe("plain");
  expect(message.note).toContain("WebGPU is not used here (");
});

test("a GPU that is lost later hands the image at hand to WASM, with its model", async () => {
  const { desk, asked, moved, lose } = await played();
  await desk.open({ sample: "two" });
  lose("device lost");
  lose("said twice");
  expect(moved.length).toBe(1);
  expect((await moved[0]).message).toMatchObject({ by: "plain", name: "two" });
  expect((await moved[0]).message.note).toContain("(device lost)");
  expect(asked.slice(-3)).toEqual(["plain: begin", "plain: model", "plain: pixels"]);
  expect((await desk.ask({ ask: "run" })).message.by).toBe("plain");
});

test("a GPU that is lost at an image that nobody waits for hands over the one that is shown", async () => {
  const { desk, moved, faults, before } = await played();
  await desk.open({ sample: "one" });
  before.pixels = () => void desk.ask({ ask: "cancel" }).catch(() => {});
  faults.pixels = "device lost";
  await expect(desk.open({ sample: "two" })).rejects.toThrow("cancelled");
  expect(moved.length).toBe(1);
  expect((await moved[0]).message).toMatchObject({ by: "plain", name: "one" });
});

test("a question that the GPU fails at is refused in words, and WASM goes on", async () => {
  const { desk, moved } = await played({ faults: { run: "out of memory" } });
  await desk.open({ sample: "one" });
  const refused = desk.ask({ ask: "run" });
  await expect(refused).rejects.toThrow(GpuError);
  await expect(refused).rejects.toThrow("WebGPU is not used here (out of memory); WASM runs the model.");
  expect((await moved[0]).message.by).toBe("plain");
});
