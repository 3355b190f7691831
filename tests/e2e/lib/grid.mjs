// The grid in front, as a person sees it: its cells, its cursor, what is staged.
import { until } from "../harness.mjs";

export class GridInFront {
  constructor(desk) {
    this.desk = desk;
  }

  /** Rows from the top of what is drawn; every cell with its text, its name to a screen reader and its look. */
  rows() {
    return this.desk.page(() => {
      const shown = (node) => node.checkVisibility({ checkVisibilityCSS: true }) && !node.closest("[inert]") && node.getClientRects().length > 0;
      // Pinned columns are a pane of their own: a row there is a part of the row beside it.
      const pinned = (row) => row.closest("[role=grid]").querySelectorAll(`.rg-pinned [aria-rowindex="${row.getAttribute("aria-rowindex")}"] [role=gridcell]`);
      return [...document.querySelectorAll("[role=row][aria-rowindex]")]
        .filter((row) => shown(row) && row.querySelector("[role=gridcell]") && !row.closest(".rg-pinned"))
        .sort((a, b) => a.getAttribute("aria-rowindex") - b.getAttribute("aria-rowindex"))
        .map((row) => ({
          said: row.getAttribute("aria-description"),
          cells: [...pinned(row), ...row.querySelectorAll("[role=gridcell][aria-colindex]")]
            .filter(shown)
            .sort((a, b) => a.getAttribute("aria-colindex") - b.getAttribute("aria-colindex"))
            .map((cell) => ({ text: cell.textContent, name: cell.getAttribute("aria-label"), look: cell.className, tip: cell.dataset.tip })),
        }));
    });
  }

  async cell(row, column) {
    return (await this.rows())[row]?.cells[column];
  }

  focus() {
    return until("the grid", () =>
      this.desk.page(() => {
        const shown = [...document.querySelectorAll("[role=grid]")].filter((each) => each.checkVisibility({ checkVisibilityCSS: true }) && !each.closest("[inert]"));
        shown.at(-1)?.focus();
        return shown.length > 0 && document.activeElement === shown.at(-1);
      }),
    );
  }

  /** Puts the cursor on a cell, by keys alone. */
  async goTo(row, column) {
    await this.focus();
    await this.desk.keys("Control", "Home");
    for (let at = 0; at < row; at++) await this.desk.keys("ArrowDown");
    for (let at = 0; at < column; at++) await this.desk.keys("ArrowRight");
  }

  /** Replaces the value under the cursor. */
  async type(text, end = "Enter") {
    for (const sign of text) await this.desk.keys(sign);
    await this.desk.keys(end);
  }

  reads(row, column, text, limit) {
    return until(`“${text}” in cell ${row}:${column}`, async () => (await this.cell(row, column))?.text === text, limit);
  }

  /** What a screen reader is told of a cell. */
  says(row, column, name) {
    return until(`cell ${row}:${column} to say “${name}”`, async () => (await this.cell(row, column))?.name === name);
  }

  /** Whether nothing waits to be saved any more. */
  nothingStaged() {
    const clear = () =>
      this.desk.page(() => {
        const shown = (node) => node.checkVisibility({ checkVisibilityCSS: true }) && !node.closest("[inert]");
        const bar = [...document.querySelectorAll('[role=group][aria-label="Changes that are not saved"]')].find(shown);
        return !bar || bar.innerText.includes("No changes");
      });
    return until("nothing to be staged", clear, 20_000);
  }

  /** Pastes as the platform's key would, with this on the clipboard. */
  async paste(text) {
    await this.desk.page((text) => {
      const grid = document.activeElement.closest("[role=grid]");
      grid.dispatchEvent(new KeyboardEvent("keydown", { key: "v", ctrlKey: true, bubbles: true, cancelable: true }));
      const data = new DataTransfer();
      data.setData("text/plain", text);
      document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    }, text);
  }
}
