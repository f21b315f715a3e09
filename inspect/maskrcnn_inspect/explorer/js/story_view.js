// The story on the page: the chain of what is selected, each link a button that goes to its station.

/** @import { Context, Link, Place } from "./types.d.ts" */

/**
 * Write the story; the link of the station at hand is open.
 * @param {HTMLElement} root
 * @param {{ links: Link[], context: Context, place: Place, open: (link: Link) => void, point: (station: string) => void }} parts
 */
export function writeStory(root, { links, context, place, open, point }) {
  const focused = /** @type {HTMLElement | null} */ (document.activeElement?.closest?.("[data-link]"))?.dataset.link;
  if (!links.length) {
    root.replaceChildren(
      make("h2", { text: "Story" }),
      make("p", {
        class: "mx-quiet",
        text: "Select a box on the image. Its way through the network is told here, in its own numbers.",
      }),
    );
    return;
  }
  const current = links.filter((one) => one.station === place.stage);
  const shown = current.find((one) => one.view === place.view) ?? current[0] ?? null;
  const end = links[links.length - 1];
  root.replaceChildren(
    make("h2", {}, swatch(context), headingOf(context)),
    make("p", { class: "mx-lead mx-quiet", text: "Its way, step by step. Click one." }),
    make("ol", { class: "mx-links" }, ...links.map((link) => item(link, link === shown, { open, point }))),
    make("p", {
      class: end.lost ? "mx-end mx-lost" : "mx-end",
      text: end.lost ? "Its way ends here." : "It is reported.",
    }),
  );
  if (focused) root.querySelector(`[data-link="${focused}"]`)?.querySelector("button")?.focus();
}

/** @type {(link: Link, shown: boolean, acts: { open: (link: Link) => void, point: (station: string) => void }) => HTMLLIElement} */
function item(link, shown, { open, point }) {
  const button = make(
    "button",
    { type: "button", class: "mx-link", "aria-expanded": String(shown) },
    make("span", { class: "mx-link-title", text: link.title }),
    make("span", { class: "mx-link-summary", text: link.summary }),
  );
  button.addEventListener("click", () => open(link));
  for (const begin of ["mouseenter", "focus"]) button.addEventListener(begin, () => point(link.station));
  for (const end of ["mouseleave", "blur"]) button.addEventListener(end, () => point(""));
  const element = make("li", { class: link.lost ? "mx-step mx-lost" : "mx-step", "data-link": link.key }, button);
  if (shown) {
    element.classList.add("mx-open");
    element.append(make("div", { class: "mx-lines" }, ...link.lines.map((line) => make("p", { text: line }))));
  }
  return element;
}

/** @type {(context: Context) => HTMLElement} */
function swatch({ chain, description }) {
  const mark = make("span", { class: "mx-swatch", "aria-hidden": "true" });
  if (chain.detection >= 0) {
    mark.style.background = `rgb(${description.palette[chain.detection % description.palette.length].join(" ")})`;
  }
  return mark;
}

import { make } from "../../canvas/js/parts.js";
import { headingOf } from "./story.js";
