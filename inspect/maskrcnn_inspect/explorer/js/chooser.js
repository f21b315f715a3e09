// Another image: a sample from the list, or a file of one's own, chosen or dropped anywhere on the screen.

/** @import { Description, Opened } from "./types.d.ts" */

/** @typedef {(image: Opened) => Promise<void>} Open */

const OWN = "own";

/**
 * Write the list of images, with the one at hand chosen, and the button for a file.
 * @type {(root: HTMLElement, description: Description, open: Open) => void}
 */
export function buildChooser(root, { samples, image, live, opens = "" }, open) {
  const list = make("select", { "aria-label": "Image", title: "Another image" });
  const names = samples.map(({ name }) => name);
  const at = names.find((name) => isOf(image, name));
  const kind = live ? "Samples" : "Images"; // of a page that holds several
  if (!at) list.append(make("option", { value: OWN, text: image || "this image" }));
  for (const weights of new Set(samples.map((one) => one.weights))) {
    const group = make("optgroup", { label: weights ? `${kind}, ${weights}` : kind });
    for (const one of samples.filter((each) => each.weights === weights)) {
      group.append(make("option", { value: one.name, text: one.says ? `${one.name}: ${one.says}` : one.name }));
    }
    list.append(group);
  }
  list.value = at ?? OWN;
  list.addEventListener("change", () => open({ sample: list.value }));
  const input = make("input", {
    type: "file",
    accept: `image/*${opens && `,${opens}`}`,
    class: "mx-file",
    "aria-label": "An image file",
  });
  input.addEventListener("change", () => {
    const [file] = input.files ?? [];
    if (file) openFile(file, open);
  });
  const button = make("button", { type: "button", class: "mx-button", text: "Open…", title: "An image of yours" });
  button.addEventListener("click", () => input.click());
  root.replaceChildren(list, ...(live ? [button, input] : [])); // a recorded page runs no image of anybody's
  root.hidden = false;
}

/** @type {(image: string, name: string) => boolean} whether an image is that sample: `tissue.png` is `tissue` */
const isOf = (image, name) => image === name || image.split(".")[0] === name;

/**
 * Take files that are dropped.
 * @type {(root: HTMLElement, open: Open) => void}
 */
export function takeDrops(root, open) {
  root.addEventListener("dragover", (event) => {
    event.preventDefault();
    root.classList.add("mx-dropping");
  });
  root.addEventListener("dragleave", (event) => {
    if (!root.contains(/** @type {Node | null} */ (event.relatedTarget))) root.classList.remove("mx-dropping");
  });
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    root.classList.remove("mx-dropping");
    const [file] = event.dataTransfer?.files ?? [];
    if (file) openFile(file, open);
  });
}

/** @type {(file: File, open: Open) => Promise<void>} */
async function openFile(file, open) {
  const address = await new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(file);
  });
  await open({ name: file.name, content: address.slice(address.indexOf(",") + 1) });
}

import { make } from "../../canvas/js/parts.js";
