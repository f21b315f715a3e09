// On a page of its own: stands in for Jupyter's model, and shares the selection between the canvases of the page.
// Comes below the canvas in one script, so `render` is at hand.

const SHARED = ["selected"]; // traits that all canvases of one fragment have in common

/** Undo base64, and gzip where Python found it worth while. */
async function bytesOf({ gzip, base64 }) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  if (!gzip) return new DataView(bytes.buffer);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new DataView(await new Response(stream).arrayBuffer());
}

/** Put the buffers back where Python took them from: {"$bytes": number of the buffer}. */
function filled(value, buffers) {
  if (Array.isArray(value)) return value.map((one) => filled(one, buffers));
  if (value === null || typeof value !== "object") return value;
  if ("$bytes" in value) return buffers[value.$bytes];
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, buffers)]));
}

/** Make what `render` needs of a Jupyter model: get, set, on, off, save_changes. */
function makeModel(state, publish) {
  const values = new Map(Object.entries(state));
  const listeners = new Map();
  const same = (a, b) => a === b || JSON.stringify(a) === JSON.stringify(b);
  const model = {
    get: (key) => values.get(key),
    set(key, value) {
      if (same(values.get(key), value)) return;
      values.set(key, value);
      for (const act of [...(listeners.get(`change:${key}`) ?? [])]) act();
    },
    on(event, act) {
      if (!listeners.has(event)) listeners.set(event, new Set());
      listeners.get(event).add(act);
    },
    off: (event, act) => listeners.get(event)?.delete(act),
    save_changes: () => SHARED.forEach((key) => publish(model, key, values.get(key))),
  };
  return model;
}

/** Draw every canvas of a fragment. */
async function mount(data) {
  const { canvases, buffers } = JSON.parse(data.textContent);
  const decoded = await Promise.all(buffers.map(bytesOf));
  const models = [];
  const publish = (from, key, value) => models.forEach((model) => model !== from && model.set(key, value));
  for (const [id, state] of Object.entries(canvases)) {
    const model = makeModel(filled(state, decoded), publish);
    models.push(model);
    const el = document.getElementById(id);
    el.replaceChildren();
    render({ model, el });
  }
}

for (const data of document.querySelectorAll("script[data-mi-canvases]:not([data-mi-mounted])")) {
  data.dataset.miMounted = "true"; // a page may hold several fragments, each with this script
  mount(data);
}
