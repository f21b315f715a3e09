// What `render` needs of a widget's model, on a page of its own: traits, the place in the address, answered messages.

/** @import { WidgetModel } from "./index.js" */

/** @typedef {{ message: any, buffers: DataView[], after?: () => void }} Answered */

/**
 * Make the model. ask: answers a message; what it says in `after` is done once the answer was told. A trait of `always`
 * is told of whenever it is set, others where they change.
 * @type {(traits: Record<string, any>, ask: (question: any, model: WidgetModel) => Promise<Answered>, always?: string[]) => WidgetModel}
 */
export function pageModel(traits, ask, always = []) {
  /** @type {Map<string, Set<Function>>} */
  const listeners = new Map();
  const tell = (/** @type {string} */ event, /** @type {any[]} */ ...words) => {
    for (const act of [...(listeners.get(event) ?? [])]) act(...words);
  };
  /** @type {WidgetModel} */
  const model = {
    get: (key) => traits[key],
    set(key, value) {
      const same = !always.includes(key) && JSON.stringify(traits[key]) === JSON.stringify(value);
      traits[key] = value;
      if (!same) tell(`change:${key}`);
    },
    save_changes() {
      if (location.hash.slice(1) !== traits.place) history.replaceState(null, "", `#${traits.place}`);
    },
    on: (event, act) => void listeners.set(event, (listeners.get(event) ?? new Set()).add(act)),
    off: (event, act) => void listeners.get(event)?.delete(act),
    async send(question) {
      const { id } = /** @type {{ id: number }} */ (question);
      try {
        const { message, buffers, after } = await ask(question, model);
        tell("msg:custom", { ...message, id }, buffers);
        after?.();
      } catch (error) {
        tell("msg:custom", { id, error: error instanceof Error ? error.message : String(error) }, []);
      }
    },
  };
  return model;
}
