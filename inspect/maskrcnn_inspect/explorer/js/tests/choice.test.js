import { expect, test } from "vitest";
import { chosen } from "../choice.js";

const GPU = { found: true, software: false };
const PLAYED = { found: true, software: true };
const NONE = { found: false, software: false };
/** @type {(wanted: string, adapter: { found: boolean, software: boolean }, offered?: boolean) => ReturnType<typeof chosen>} */
const choose = (wanted, adapter, offered = true) => chosen(wanted, offered, async () => adapter);

test("the GPU is chosen where there is one that is none of the processor's", async () => {
  expect(await choose("", GPU)).toEqual({ gpu: true, words: "" });
  expect(await choose("", PLAYED)).toEqual({ gpu: false, words: "" });
  expect(await choose("", NONE)).toEqual({ gpu: false, words: "" });
});

test("the address forces one, and what cannot be is said", async () => {
  expect(await choose("wasm", GPU)).toEqual({ gpu: false, words: "" });
  expect(await choose("webgpu", PLAYED)).toEqual({ gpu: true, words: "" });
  expect((await choose("webgpu", NONE)).words).toBe("This browser gives no GPU; WASM runs the model.");
  expect((await choose("webgpu", GPU, false)).words).toContain("without the program for WebGPU");
  expect(await choose("cuda", GPU)).toEqual({
    gpu: true,
    words: "The address asks for engine=cuda: wanted engine=wasm or engine=webgpu.",
  });
});

test("a browser is not asked for a GPU that is not wanted", async () => {
  const adapter = async () => {
    throw new Error("asked");
  };
  expect((await chosen("wasm", true, adapter)).gpu).toBe(false);
  expect((await chosen("", false, adapter)).gpu).toBe(false);
});
