// Undo: the states a person has been in. Steps of one gesture, such as a slider's, are one state.

const MOST = 100;
const GESTURE = 800; // ms: a change of the same kind sooner than that replaces the last

/**
 * @template S
 * @param {() => number} now ms, increasing
 */
export function makeHistory(now = () => performance.now()) {
  /** @type {{ state: S, kind: string, at: number }[]} the first one pushed is the beginning */
  const past = [];
  return {
    /** @type {(state: S, kind: string) => void} */
    push(state, kind) {
      const last = past[past.length - 1];
      const [at, same] = [now(), kind !== "" && kind === last?.kind];
      if (same && at - last.at < GESTURE && past.length > 1) past.pop();
      past.push({ state, kind, at });
      if (past.length > MOST) past.shift();
    },
    /** @type {() => S | null} the state before the last, or null at the beginning */
    back() {
      if (past.length < 2) return null;
      past.pop();
      return past[past.length - 1].state;
    },
    /** @type {() => boolean} */
    hasPast: () => past.length > 1,
  };
}
