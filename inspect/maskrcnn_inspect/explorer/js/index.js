// The one file that ships: what a notebook's widget and a page of its own need of the Explorer.

/** @import { Channel } from "./engine.js" */

/** @typedef {Channel & { set(key: string, value: any): void, save_changes(): void }} WidgetModel */

const NOTEBOOK = { address: "notebook", text: "Notebook", title: "The same with its code, in JupyterLab" };
const DOCS = { text: "Docs", title: "What this is, and how to have it on a machine of yours" };

/**
 * Open the Explorer of a widget. Gives what ends it. `page`: it is a page of its own, whose address tells the place.
 * `lead` is what stands beside it, if anything does.
 * @type {(mount: { model: WidgetModel, el: HTMLElement, page?: boolean, lead?: import("./screen.js").Lead }) => () => void}
 */
function render({ model, el, page = false, lead }) {
  const ending = new AbortController();
  let written = ""; // the place that this side said last
  const open = () =>
    openExplorer(el, kernelEngine(model, ending.signal), {
      link: linkFrom(model),
      linkText: (link) => (page ? `${location.href.split("#")[0]}#${link}` : `explore(session, "${link}")`),
      lead,
      publish(link, selected) {
        written = link;
        model.set("place", link);
        model.set("selected", selected);
        model.save_changes();
      },
    });
  let opened = open();
  opened.then(({ tell }) => tell(model.get("progress") ?? "")).catch(() => {}); // said below
  const complain = (/** @type {Error} */ error) => el.replaceChildren(`The Explorer cannot be shown: ${error.message}`);
  opened.catch(complain);
  const selected = async () => (await opened).select(model.get("selected"));
  const placed = async () => {
    const explorer = await opened;
    if (model.get("place") !== written) explorer.follow(model.get("place"));
  };
  const replaced = async () => {
    // another image or model: nothing of the former is kept but the place
    await opened.then(
      (explorer) => explorer.end(),
      () => {}, // it was said
    );
    el.replaceChildren(make("p", { class: "mx-waiting", role: "status", text: "Looking at the image…" }));
    opened = open();
    opened.catch(complain);
  };
  const told = async () => (await opened).tell(model.get("progress"));
  const acts = { selected, place: placed, _description: replaced, progress: told };
  for (const [trait, act] of Object.entries(acts)) model.on(`change:${trait}`, act);
  return () => {
    for (const [trait, act] of Object.entries(acts)) model.off(`change:${trait}`, act);
    ending.abort();
    opened.then((explorer) => explorer.end());
  };
}

/** @type {(model: WidgetModel) => string} */
function linkFrom(model) {
  const place = model.get("place");
  const { detections, proposals, anchors } = model.get("selected");
  if (/(detection|proposal|anchor)=/.test(place)) return place;
  const rows = { detection: detections, proposal: proposals, anchor: anchors };
  const known = Object.entries(rows).find(([, row]) => row !== undefined);
  return known ? `${place}&${known[0]}=${known[1]}` : place;
}

/** Open the Explorer of a page: its data stands in the page, or with a server; its place in the address. */
export async function mountExplorer() {
  const el = document.getElementById("explorer");
  const live = document.getElementById("explorer-live");
  if (el && live) {
    const page = JSON.parse(live.textContent ?? "");
    return mountModel(el, liveModel(page), page.docs ? { ...DOCS, address: page.docs } : undefined);
  }
  const server = document.getElementById("explorer-server");
  if (el && server) {
    const { notebook } = JSON.parse(server.textContent ?? "{}");
    return mountModel(el, servedModel(), notebook ? NOTEBOOK : undefined);
  }
  const data = document.getElementById("explorer-data");
  if (!el || !data) return;
  const images = [data, ...document.querySelectorAll(".explorer-more")];
  let written = location.hash;
  /** @type {Awaited<ReturnType<typeof openExplorer>> | null} */
  let explorer = null;
  /** @type {(place: number) => Promise<void>} */
  const show = async (place) => {
    const engine = pageEngine(JSON.parse(images[place].textContent ?? ""));
    if (images.length > 1) {
      const names = engine.description().samples.map(({ name }) => name);
      engine.open = async (image) => ("sample" in image ? show(names.indexOf(image.sample)) : undefined);
    }
    explorer?.end();
    explorer = await openExplorer(el, engine, {
      link: location.hash,
      linkText: (link) => `${location.href.split("#")[0]}#${link}`,
      publish(link) {
        written = `#${link}`;
        if (location.hash !== written) history.replaceState(null, "", written);
      },
    });
  };
  await show(0);
  window.addEventListener("hashchange", () => {
    if (location.hash !== written) explorer?.follow(location.hash);
  });
}

/**
 * Open the Explorer of a page whose model a program on this machine runs, or the page itself.
 * @type {(el: HTMLElement, opening: Promise<WidgetModel>, lead?: import("./screen.js").Lead) => Promise<void>}
 */
async function mountModel(el, opening, lead) {
  try {
    const model = await opening;
    render({ model, el, page: true, lead });
    window.addEventListener("hashchange", () => model.set("place", location.hash.slice(1)));
  } catch (error) {
    el.replaceChildren(
      make("p", { class: "mx-waiting", role: "alert", text: error instanceof Error ? error.message : String(error) }),
    );
  }
}

export default { render };

import { make } from "../../canvas/js/parts.js";
import { openExplorer } from "./app.js";
import { kernelEngine } from "./engine.js";
import { liveModel } from "./live_model.js";
import { pageEngine } from "./page_engine.js";
import { servedModel } from "./served.js";
