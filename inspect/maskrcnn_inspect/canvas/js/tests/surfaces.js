// jsdom draws nothing: in place of its canvases, contexts that keep what they are told, and ImageData as in a browser.

class Pixels {
  /**
   * @param {Uint8ClampedArray | number} dataOrWidth
   * @param {number} widthOrHeight
   * @param {number} [height]
   */
  constructor(dataOrWidth, widthOrHeight, height) {
    const given = typeof dataOrWidth !== "number";
    this.width = given ? widthOrHeight : dataOrWidth;
    this.height = given ? (height ?? dataOrWidth.length / 4 / widthOrHeight) : widthOrHeight;
    this.data = given ? dataOrWidth : new Uint8ClampedArray(4 * this.width * this.height);
  }
}

/**
 * Make a context whose calls are kept as [name, ...arguments].
 * @param {Record<string, (...values: any[]) => unknown>} answers
 */
export function recorder(answers = {}) {
  /** @type {[name: string, ...values: any[]][]} */
  const calls = [];
  /** @type {any} */
  const context = new Proxy(/** @type {Record<string, unknown>} */ ({}), {
    get: (set, name) =>
      name in set
        ? set[String(name)]
        : (/** @type {unknown[]} */ ...values) => {
            calls.push([String(name), ...values]);
            return answers[String(name)]?.(...values);
          },
  });
  return { context, calls };
}

/** What was put on each canvas as pixels. @type {WeakMap<object, ImageData>} */
export const pixelsOn = new WeakMap();

/** Give pages without images of their own ImageData. */
export function installImageData() {
  Object.assign(globalThis, { ImageData: Pixels });
}

/** Give every canvas of the page a context that keeps the pixels put on it. */
export function installSurfaces() {
  installImageData();
  /** @this {HTMLCanvasElement} */
  function getContext() {
    const { context } = recorder({
      createImageData: (width, height) => new Pixels(width, height),
      putImageData: (pixels) => pixelsOn.set(this, pixels),
    });
    return context;
  }
  HTMLCanvasElement.prototype.getContext = getContext;
}
