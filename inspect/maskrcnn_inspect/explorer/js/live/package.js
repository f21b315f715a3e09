// A model as one file: eight bytes of length, JSON that says what is where, the graphs; gzip around all of it.

/** @import { Manifest } from "./types.d.ts" */

const FORMAT = 2;

/**
 * Open a model's file.
 * @type {(file: Blob) => Promise<{ manifest: Manifest, data: Uint8Array }>}
 */
export async function opened(file) {
  const bytes = await unpacked(file);
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  if (length > bytes.length - 8) throw new Error(NO_MODEL);
  /** @type {Manifest} */
  const manifest = parsed(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  if (manifest.format !== FORMAT) {
    throw new Error(`wanted a model's file of format ${FORMAT}, received format ${manifest.format}; export it anew`);
  }
  return { manifest, data: bytes.subarray(8 + length) };
}

const NO_MODEL =
  "wanted a model's file as `maskrcnn site` writes it (.maskrcnn), received something else, or a part of one";

/** @type {(file: Blob) => Promise<Uint8Array>} */
async function unpacked(file) {
  try {
    const stream = file.stream().pipeThrough(new DecompressionStream("gzip"));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    if (bytes.length > 8) return bytes;
  } catch {}
  throw new Error(NO_MODEL);
}

/** @type {(text: string) => Manifest} */
function parsed(text) {
  try {
    const manifest = JSON.parse(text);
    if (Array.isArray(manifest.parts)) return manifest;
  } catch {}
  throw new Error(NO_MODEL);
}
