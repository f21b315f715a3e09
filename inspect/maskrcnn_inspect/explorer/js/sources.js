// Where bytes of a page are: inside it, compressed, or at an address beside it.

/** In the page as base64 of gzip, or at an address whose file is compressed by gzip. */
/** @typedef {{ base64?: string, url?: string }} Source */

/** @type {(source: Source) => Promise<Blob>} still compressed */
export async function blobOf({ base64, url }) {
  if (base64 !== undefined)
    return new Blob([/** @type {DataView<ArrayBuffer>} */ (await bytesOf({ gzip: false, base64 }))]);
  const answer = await fetch(url ?? "");
  if (!answer.ok) throw new Error(`${url} cannot be loaded (${answer.status}); reload the page`);
  return answer.blob();
}

/** @type {(source: Source) => Promise<string>} */
export async function textOf(source) {
  const stream = (await blobOf(source)).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

import { bytesOf } from "../../canvas/js/standalone.js";
