// Keys in a notebook: those pressed in a figure are the figure's.

const OWN = "data-lm-suppress-shortcuts";

/**
 * Keep the keys of `root` and all in it from Lumino, which gives JupyterLab and Notebook their shortcuts.
 *
 * Lumino goes up from what has the focus until it finds this attribute, and asks each on the way whether a shortcut is
 * meant for it. In command mode arrows are meant for whatever has the focus: so that, too, carries the attribute.
 * @type {(root: HTMLElement, signal?: AbortSignal) => void}
 */
export function keepKeys(root, signal) {
  root.setAttribute(OWN, "true");
  root.addEventListener("focusin", ({ target }) => target instanceof Element && target.setAttribute(OWN, "true"), {
    signal,
  });
}
