// The table as Python packed it, and how a value of it is read.

/** @import { Column, Gallery } from "./types.d.ts" */

/**
 * Unpack the page's data: base64 of compressed JSON.
 * @type {(packed: string) => Promise<Gallery>}
 */
export async function unpack(packed) {
  const stream = new Blob([bytesOf(packed)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return galleryOf(JSON.parse(await new Response(stream).text()));
}

/** @type {(content: any) => Gallery} */
export function galleryOf(content) {
  /** @type {Record<string, Column>} */
  const columns = {};
  for (const [name, column] of Object.entries(content.columns)) columns[name] = columnOf(column);
  const { atlas } = content;
  const unpacked = atlas && {
    ...atlas,
    rows: new Int32Array(bytesOf(atlas.rows).buffer),
    places: new Float32Array(bytesOf(atlas.places).buffer),
    short: new Int8Array(bytesOf(atlas.short).buffer),
  };
  return { ...content, columns, atlas: unpacked };
}

/** @type {(column: any) => Column} */
function columnOf(column) {
  if (column.words) return { words: column.words, codes: new Int32Array(bytesOf(column.codes).buffer) };
  if (column.texts) return column;
  const { buffer } = bytesOf(column.values);
  return { values: column.type === "int" ? new Int32Array(buffer) : new Float32Array(buffer) };
}

/** @type {(base64: string) => Uint8Array<ArrayBuffer>} */
function bytesOf(base64) {
  const letters = atob(base64);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

/**
 * Read a value as text.
 * @type {(gallery: Gallery, name: string, row: number) => string}
 */
export function textAt({ columns }, name, row) {
  const column = columns[name];
  if ("words" in column) return column.words[column.codes[row]];
  return "texts" in column ? column.texts[row] : String(column.values[row]);
}

/**
 * Read a number; NaN where the column has none.
 * @type {(gallery: Gallery, name: string, row: number) => number}
 */
export function numberAt({ columns }, name, row) {
  const column = columns[name];
  return "values" in column ? column.values[row] : Number.NaN;
}
