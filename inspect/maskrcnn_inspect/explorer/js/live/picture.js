// An image file of a person's own: decoded here, in the worker, and nowhere else. What is no image is told from one that
// is damaged, and one that is too large for a page is scaled down.

/** @import { Picture, Size } from "./types.d.ts" */

const WANTED = "PNG, JPEG, WebP, GIF, BMP or AVIF";
const MOST_PIXELS = 2 ** 28; // as the kernel's: more is a mistake

/** How files of images begin. */
const BEGINNINGS = ["\x89PNG", "\xff\xd8\xff", "GIF8", "BM", "RIFF", "\0\0\0"];

/**
 * Decode a file. `most` is the longest side, px, that a page runs.
 * @type {(file: Blob, name: string, most: number) => Promise<Picture & { scaledFrom: Size | null }>}
 */
export async function pictureOf(file, name, most) {
  const bitmap = await decoded(file, name);
  const size = /** @type {Size} */ ([bitmap.height, bitmap.width]);
  if (size[0] * size[1] > MOST_PIXELS) throw new Error(`${name} has ${size.join(" × ")} px: scale it down first`);
  const scale = Math.min(1, most / Math.max(...size));
  const [height, width] = size.map((side) => Math.max(1, Math.round(side * scale)));
  const small =
    scale < 1
      ? await createImageBitmap(bitmap, { resizeWidth: width, resizeHeight: height, resizeQuality: "high" })
      : bitmap;
  return { size: [height, width], rgb: levelsOf(small, width, height), name, scaledFrom: scale < 1 ? size : null };
}

/** @type {(file: Blob, name: string) => Promise<ImageBitmap>} */
async function decoded(file, name) {
  if (!file.size) throw new Error(`${name} is empty: wanted an image (${WANTED})`);
  try {
    return await createImageBitmap(file, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  } catch {
    const start = String.fromCharCode(...new Uint8Array(await file.slice(0, 8).arrayBuffer()));
    const damaged = BEGINNINGS.some((one) => start.startsWith(one));
    throw new Error(
      damaged
        ? `${name} begins as an image and cannot be read to its end: it is damaged, or of a kind this browser does not know`
        : `${name} is no image: wanted ${WANTED}`,
    );
  }
}

/** @type {(bitmap: ImageBitmap, width: number, height: number) => Uint8Array} (y, x, rgb) */
function levelsOf(bitmap, width, height) {
  const surface = new OffscreenCanvas(width, height);
  const ink = /** @type {OffscreenCanvasRenderingContext2D} */ (surface.getContext("2d", { willReadFrequently: true }));
  ink.drawImage(bitmap, 0, 0);
  const { data } = ink.getImageData(0, 0, width, height);
  const rgb = new Uint8Array(3 * width * height);
  for (let i = 0, from = 0; i < rgb.length; i += 3, from += 4) rgb.set(data.subarray(from, from + 3), i);
  return rgb;
}
