// The engine of a page of its own: the tensors of a recorded trace, unpacked when they are asked for.

/** @import { Description, Engine, Tensor, Want } from "./types.d.ts" */

/** A tensor as explorer/page.py packs it: whole, by channel of its last axis, or by row of its first. */
/** @typedef {{ name: string, dtype: string, shape: number[], channels?: number[], by_row?: boolean, parts: string[] }} Entry */

const NO_MODEL = "This needs the model, and this page holds a recorded trace. Open it in a notebook: explore(session).";

/** @type {(data: { description: Description, tensors: Entry[] }) => Engine} */
export function pageEngine({ description, tensors }) {
  const entries = new Map(tensors.map((entry) => [entry.name, entry]));
  return {
    description: () => description,
    async tensors(wants) {
      const found = Object.entries(wants).map(async ([alias, want]) => [alias, await part(entries, want)]);
      return Object.fromEntries(await Promise.all(found));
    },
    run: async () => {
      throw new Error(NO_MODEL);
    },
    why: async () => {
      throw new Error(NO_MODEL);
    },
    channelsOf: (name) => entries.get(name)?.channels ?? null,
  };
}

/** @type {(entries: Map<string, Entry>, want: Want) => Promise<Tensor>} */
async function part(entries, { name, rows, channel }) {
  const entry = entries.get(name);
  if (!entry) throw new Error(`this page does not hold ${name}`);
  if (entry.channels) {
    const place = entry.channels.indexOf(channel ?? -1);
    if (place < 0) throw new Error(`this page holds the strongest channels of ${name}, and ${channel} is none`);
    return unpacked({ ...entry, shape: entry.shape.slice(0, -1) }, entry.parts[place]);
  }
  if (entry.by_row) {
    const wanted = rows ?? entry.parts.map((_, row) => row);
    const all = wanted.map((row) => unpacked({ ...entry, shape: entry.shape.slice(1) }, entry.parts[row]));
    return joined(await Promise.all(all), entry);
  }
  const whole = await unpacked(entry, entry.parts[0]);
  return rows ? rowsOf(whole, rows) : whole;
}

/** @type {(parts: Tensor[], entry: Entry) => Tensor} */
function joined(parts, { dtype, shape }) {
  const size = shape.slice(1).reduce((a, b) => a * b, 1);
  const all = tensorOf({ dtype, shape: [parts.length, ...shape.slice(1)] }, new ArrayBuffer(4 * size * parts.length));
  const values = all.values.subarray(0, size * parts.length);
  for (const [place, one] of parts.entries()) values.set(one.values, place * size);
  return { ...all, values };
}

/**
 * Take rows of the first axis.
 * @type {(tensor: Tensor, rows: number[]) => Tensor}
 */
export function rowsOf({ values, shape }, rows) {
  const size = shape.slice(1).reduce((a, b) => a * b, 1);
  const taken = values.slice(0, rows.length * size);
  for (const [place, row] of rows.entries()) taken.set(values.subarray(row * size, (row + 1) * size), place * size);
  return { shape: [rows.length, ...shape.slice(1)], values: taken };
}

/** @type {(header: { dtype: string, shape: number[] }, packed: string) => Promise<Tensor>} */
async function unpacked(header, packed) {
  return tensorOf(header, await bytesOf({ gzip: true, base64: packed }));
}

import { bytesOf } from "../../canvas/js/standalone.js";
import { tensorOf } from "./engine.js";
