// The screen: head with its buttons, map on the left, station in the middle, story and settings on the right.

/** @import { Bar, Context, Picker, Place } from "./types.d.ts" */

/** @typedef {{ address: string, text: string, title: string }} Lead */

/** @type {[key: string, text: string, title: string][]} */
const BUTTONS = [
  ["tour", "Tour", "A guided tour in twelve steps"],
  ["play", "Play", "Let the image travel through the network"],
  ["undo", "Undo", "Go back to what was shown before (Ctrl+Z)"],
  ["link", "Copy link", "Copy a link to what is shown"],
  ["png", "PNG", "Save what is shown as a PNG file"],
  ["svg", "SVG", "Save what is shown as an SVG file"],
  ["full", "Full screen", "Fill the screen, or leave it"],
];

/** Build the parts of the screen, empty. */
export function buildScreen() {
  const buttons = Object.fromEntries(
    BUTTONS.map(([key, text, title]) => [key, make("button", { type: "button", class: "mx-button", title, text })]),
  );
  buttons.tour.classList.add("mx-primary"); // where a newcomer begins
  const chooser = make("div", { class: "mx-chooser", hidden: true });
  const unlike = make("p", { class: "mx-unlike", role: "alert", hidden: true });
  const note = make("p", { class: "mx-note mx-quiet", role: "status", hidden: true });
  const subtitle = make("span", { class: "mx-quiet mx-subtitle" });
  const status = make("p", { class: "mx-status", role: "status" });
  const cancel = make("button", { type: "button", class: "mx-button", hidden: true, text: "Cancel" });
  const tools = make("div", { class: "mx-tools", role: "group", "aria-label": "Explorer" }, ...Object.values(buttons));
  const head = make(
    "header",
    { class: "mx-head" },
    make("h1", { text: "Mask R-CNN Explorer" }),
    chooser,
    subtitle,
    status,
    cancel,
    tools,
  );
  const name = make("h2", { class: "mx-station-name" });
  const views = make("div", { class: "mx-views", role: "group", "aria-label": "Views of the station" });
  const pickers = make("div", { class: "mx-pickers" });
  const figure = make("div", { class: "mx-figure" });
  const bars = make("div", { class: "mx-bars", hidden: true });
  const station = make(
    "section",
    { class: "mx-middle", "aria-label": "Station" },
    make("div", { class: "mx-station-head" }, name, views, pickers),
    figure,
    bars,
  );
  const card = make("section", { class: "mx-card", hidden: true, "aria-label": "Tour" });
  const why = make("section", { class: "mx-card", hidden: true, "aria-label": "Why it is not found" });
  const story = make("section", { class: "mx-story", "aria-label": "Story of the selected object" });
  const settings = make("section", { class: "mx-settings", "aria-label": "Settings of the station" });
  const truth = make("section", { class: "mx-truth", hidden: true, "aria-label": "Ground truth" });
  const changes = make("section", {
    class: "mx-changes",
    hidden: true,
    "aria-label": "What came and went",
    "aria-live": "polite",
  });
  const side = make("div", { class: "mx-side" }, card, why, story, settings, changes, truth);
  const root = make("div", { class: "mx" }, head, unlike, note);
  keepKeys(root);
  const body = make("div", { class: "mx-body" });
  root.append(body);
  return {
    root,
    body,
    chooser,
    unlike,
    note,
    cancel,
    /** Add a link to what stands beside the Explorer. */
    leadTo(/** @type {Lead} */ { address, text, title }) {
      const words = { class: "mx-button", href: address, target: "_blank", rel: "noopener" };
      tools.append(make("a", { ...words, text, title }));
    },
    buttons,
    subtitle,
    status,
    name,
    views,
    pickers,
    figure,
    bars,
    station,
    card,
    why,
    story,
    settings,
    changes,
    truth,
    side,
  };
}

/** @typedef {ReturnType<typeof buildScreen>} Screen */

/**
 * Write the head of a station: its name, its views, its choices.
 * @param {Screen} screen
 * @param {{ place: Place, level: number, context: Context, go: (change: Partial<Place>) => void }} parts
 */
export function writeStationHead(screen, { place, level, context, go }) {
  const station = stationOf(place.stage);
  const view = viewOf(place, context.description);
  screen.name.replaceChildren(station.name, make("span", { class: "mx-what", text: station.what }));
  const offered = offeredViews(station, context.description);
  screen.views.hidden = offered.length < 2;
  keepingFocus(screen.views, () =>
    offered.map(({ id, name }) => {
      const button = make("button", {
        type: "button",
        class: "mx-tab",
        "aria-pressed": String(id === view.id),
        "data-key": id,
        text: name,
      });
      button.addEventListener("click", () => go({ view: id }));
      return button;
    }),
  );
  const shown = { ...place, level };
  keepingFocus(screen.pickers, () =>
    (view.pickers?.(shown, context) ?? []).map((picker) => chooser(picker, shown, go)),
  );
}

/**
 * Replace children, and give the keyboard back to the one that had it.
 * @type {(parent: HTMLElement, children: () => HTMLElement[]) => void}
 */
function keepingFocus(parent, children) {
  const active = parent.contains(document.activeElement) ? document.activeElement : null;
  const key = active instanceof HTMLElement ? active.dataset.key : undefined;
  parent.replaceChildren(...children());
  const again = key === undefined ? null : parent.querySelector(`[data-key="${key}"]`);
  if (again instanceof HTMLElement) again.focus();
}

/** @type {(picker: Picker, place: Place, go: (change: Partial<Place>) => void) => HTMLElement} */
function chooser({ key, label, options }, place, go) {
  const list = make("select", { "data-key": key });
  for (const [value, words] of options) list.append(make("option", { value, text: words }));
  list.value = String(options.some(([value]) => value === place[key]) ? place[key] : options[0]?.[0]);
  list.addEventListener("change", () => go({ [key]: Number(list.value) }));
  return make("label", { class: "mx-picker" }, make("span", { text: label }), list);
}

/**
 * Write the chart beside the image.
 * @type {(root: HTMLElement, bars: Bar[] | undefined) => void}
 */
export function writeBars(root, bars) {
  root.hidden = !bars?.length;
  root.replaceChildren(
    ...(bars ?? []).map(({ label, value, chosen }) => {
      const fill = make("span", { class: "mx-fill" });
      fill.style.width = `${100 * value}%`;
      return make(
        "div",
        { class: chosen ? "mx-bar mx-chosen" : "mx-bar" },
        make("span", { class: "mx-bar-label", text: label }),
        make("span", { class: "mx-track", "aria-hidden": "true" }, fill),
        make("span", { class: "mx-value", text: probability(value) }),
      );
    }),
  );
}

import { keepKeys } from "../../canvas/js/keys.js";
import { make } from "../../canvas/js/parts.js";
import { probability } from "./formulas.js";
import { offeredViews, stationOf, viewOf } from "./stations.js";
