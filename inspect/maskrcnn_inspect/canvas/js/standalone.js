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

/** Draw every canvas of a fragment that is shown; of a choice, the case of what is selected. */
async function mount(data) {
  const { canvases, buffers } = JSON.parse(data.textContent);
  const decoded = await Promise.all(buffers.map(bytesOf));
  const drawn = new Map(); // id of a canvas that is shown → its model, and how to take it away
  const choices = choicesAround(Object.keys(canvases));
  let selected = {};
  const publish = (from, key, value) => {
    for (const { model } of [...drawn.values()]) if (model !== from) model.set(key, value);
    if (JSON.stringify(value) === JSON.stringify(selected)) return;
    selected = value;
    for (const choice of choices) showCase(choice, selected);
    drawShown();
  };
  const drawShown = () => {
    for (const [id, state] of Object.entries(canvases)) {
      const el = document.getElementById(id);
      const shown = el.closest("[data-mi-row][hidden]") === null;
      if (shown && !drawn.has(id)) {
        const chosen = el.closest("[data-mi-choice]") || Object.keys(selected).length > 0; // else what Python selected
        const model = makeModel({ ...filled(state, decoded), ...(chosen ? { selected } : {}) }, publish);
        el.replaceChildren();
        drawn.set(id, { model, end: render({ model, el }) });
      } else if (!shown && drawn.has(id)) {
        drawn.get(id).end();
        drawn.delete(id);
      }
    }
  };
  for (const choice of choices) {
    const select = choice.querySelector("select");
    select.addEventListener("change", () => publish(null, "selected", JSON.parse(caseOf(choice, select.value).dataset.miSelected)));
  }
  drawShown();
}

/** Give the choices that hold any of these canvases, and those that hold words alone. */
function choicesAround(ids) {
  const mine = new Set(ids.map((id) => document.getElementById(id).closest("[data-mi-choice]")));
  return [...document.querySelectorAll("[data-mi-choice]")].filter((one) => mine.has(one) || !one.querySelector(".mi-mount"));
}

const caseOf = (choice, row) => choice.querySelector(`:scope > [data-mi-row="${row}"]`);

/** Show the case of the row that is selected; where there is none, say that the former stays. */
function showCase(choice, selected) {
  const row = selected[choice.dataset.miChoice];
  const wanted = row === undefined ? null : caseOf(choice, row);
  choice.querySelector("[role=status]").hidden = wanted !== null || Object.keys(selected).length === 0;
  if (wanted === null) return;
  for (const one of choice.querySelectorAll(":scope > [data-mi-row]")) one.hidden = one !== wanted;
  choice.querySelector("select").value = String(row);
}

for (const data of document.querySelectorAll("script[data-mi-canvases]:not([data-mi-mounted])")) {
  data.dataset.miMounted = "true"; // a page may hold several fragments, each with this script
  mount(data);
}
