// The diagram in front, as a person sees it: what it shows, the box that the keyboard is at, the mouse over it.
const FRONT = "[role=application][aria-roledescription=diagram]";

export class DiagramInFront {
  constructor(desk) {
    this.desk = desk;
  }

  /** The canvas, as it says what it shows. */
  canvas() {
    return this.desk.page((front) => {
      const shown = [...document.querySelectorAll(front)];
      return shown.find((each) => each.checkVisibility({ checkVisibilityCSS: true }))?.getAttribute("aria-label") ?? "";
    }, FRONT);
  }

  focus() {
    return this.desk.page((front) => {
      const shown = [...document.querySelectorAll(front)];
      shown.find((each) => each.checkVisibility({ checkVisibilityCSS: true }))?.focus();
    }, FRONT);
  }

  /** The table that the keyboard is at: where its box is on the screen, and a point of its head. */
  current() {
    return this.desk.page(() => {
      const shown = [...document.querySelectorAll("[aria-roledescription=table]")];
      const mark = shown.find((each) => each.checkVisibility({ checkVisibilityCSS: true }));
      const { left, top, width } = mark?.getBoundingClientRect() ?? {};
      return { said: mark?.getAttribute("aria-label") ?? "", left, top, width, x: left + width / 2, y: top + 10 };
    });
  }

  /** The same once the picture rests: it flies to what is chosen. */
  async resting() {
    let before = await this.current();
    return this.desk.until("the picture to rest", async () => {
      await new Promise((resolve) => setTimeout(resolve, 250));
      const now = await this.current();
      const rests = now.left === before.left && now.top === before.top && now.width === before.width;
      before = now;
      return rests && now;
    });
  }

  /** Goes to a table by the keyboard alone. */
  async goTo(name) {
    await this.focus();
    await this.desk.keys("Home");
    await this.desk.until(`the keyboard at ${name}`, async () => {
      const { said } = await this.current();
      if (said.split(";")[0].endsWith(name)) return true;
      await this.desk.keys("Tab");
      return false;
    });
  }

  pointer(...steps) {
    const action = this.desk.window.browser.action("pointer", { parameters: { pointerType: "mouse" } });
    return steps.reduce((made, step) => step(made), action).perform();
  }
}
