import { expect, test } from "vitest";
import { opened } from "../package.js";

/** @type {(head: object, data: number[]) => Promise<Blob>} */
async function file(head, data) {
  const text = new TextEncoder().encode(JSON.stringify(head));
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, BigInt(text.length), true);
  const stream = new Blob([length, text, Uint8Array.from(data)]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Response(stream).blob();
}

test("a model's file is opened", async () => {
  const { manifest, data } = await opened(await file({ format: 2, parts: [] }, [1, 2, 3]));
  expect(manifest.parts).toEqual([]);
  expect(Array.from(data)).toEqual([1, 2, 3]);
});

test("what is no model, a part of one, or one of another time is refused in words", async () => {
  const whole = await file({ format: 2, parts: [] }, [1, 2, 3]);
  const wrong = [new Blob(["text"]), new Blob([]), whole.slice(0, whole.size - 12), await file({ no: 1 }, [])];
  for (const one of wrong) await expect(opened(one)).rejects.toThrow("wanted a model's file");
  await expect(opened(await file({ format: 1, parts: [] }, []))).rejects.toThrow("format 1; export it anew");
});
