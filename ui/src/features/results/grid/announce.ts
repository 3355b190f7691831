/** Says the active cell to a screen reader, once the keys rest. */

/** Held-down arrows would queue one sentence per cell. */
const REST = 150;

export class Announcer {
  readonly node = document.createElement("div");
  private timer = 0;

  constructor() {
    this.node.className = "rh-visually-hidden";
    this.node.setAttribute("aria-live", "polite");
  }

  /** `sentence` is asked when it is said: what it says may arrive meanwhile. */
  say(sentence: () => string | undefined) {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      const text = sentence();
      if (text !== undefined) this.node.textContent = text;
    }, REST);
  }

  stop() {
    window.clearTimeout(this.timer);
    this.node.remove();
  }
}
