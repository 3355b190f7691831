// A suite's own window, with the ways a person takes through it. Everything here waits on what is seen, never on a clock.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, test as plain } from "node:test";
import { CLI, scratchHome, until, Window } from "../harness.mjs";

const CLIENT = process.env.ROWHOUSE_TEST_POSTGRES_CLIENT_BIN;
export const SERVER = process.env.ROWHOUSE_TEST_POSTGRES_15_URL;

/** Asks a server itself, past the program. */
export function psql(url, sql) {
  return execFileSync(`${CLIENT}/psql`, ["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 120_000,
  }).trim();
}

/** A database of the suite's own on the usual server; its address. */
export function ownDatabase(name, options = "") {
  const url = new URL(SERVER);
  const drop = () => psql(SERVER, `drop database if exists ${name} with (force)`);
  drop();
  psql(SERVER, `create database ${name} ${options}`);
  after(() => {
    try {
      drop();
    } catch {
      // The server may have been stopped under us.
    }
  });
  url.pathname = `/${name}`;
  return url.href;
}

/** How many sessions the program has in a database. */
export function sessions(url) {
  const name = new URL(url).pathname.slice(1);
  return Number(
    psql(
      SERVER,
      `select count(*) from pg_stat_activity where datname = '${name}' and application_name ilike 'rowhouse%'`,
    ),
  );
}

export class Desk {
  home = scratchHome();
  window = undefined;

  /** `cleanup` takes what is to be done in the end: a suite's own way, unless it is no suite. */
  constructor(cleanup = after) {
    cleanup(async () => {
      await this.close().catch(() => {});
      this.home.remove();
    });
  }

  /** A test that leaves a picture of the window when it fails, and says where the keyboard was. */
  test(name, body) {
    plain(name, async (context) => {
      try {
        await body(context);
      } catch (error) {
        const seen = await this.window
          ?.page(() => {
            const { activeElement: at, body } = document;
            return `keyboard in <${at?.tagName} ${at?.getAttribute("aria-label") ?? at?.className ?? ""}>; seen: ${body.innerText.slice(0, 1500)}`;
          })
          .catch(() => undefined);
        if (seen) context.diagnostic(seen);
        await this.window?.shot(`failed-${name.replace(/\W+/g, "-").slice(0, 60)}`).catch(() => {});
        throw error;
      }
    });
  }

  path(...parts) {
    return join(this.home.path, ...parts);
  }

  /** The terminal program in the same home. */
  rowhouse(...args) {
    return execFileSync(CLI, args, {
      encoding: "utf8",
      cwd: this.home.path,
      env: { ...process.env, ROWHOUSE_HOME: this.home.path },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 120_000,
    });
  }

  /** Saves a connection, its password in the keychain. */
  profile(url, name, ...rest) {
    this.rowhouse("connections", "add", url, "--name", name, ...rest);
  }

  async open(options) {
    this.window = await Window.open(this.home.path, options);
  }

  async close() {
    await this.window?.close();
    this.window = undefined;
  }

  keys(...keys) {
    return this.window.keys(keys);
  }

  sees(text, limit) {
    return this.window.sees(text, limit);
  }

  until(what, probe, limit) {
    return until(what, probe, limit);
  }

  page(script, ...values) {
    return this.window.page(script, ...values);
  }

  press(...how) {
    return this.window.press(...how);
  }

  /** Chooses one of a group of views, by its name; what is chosen is in front then. */
  choose(group, choice) {
    return until(`“${choice}” of “${group}”`, () =>
      this.page(
        (group, choice) => {
          const shown = (each) => each.checkVisibility({ checkVisibilityCSS: true }) && !each.closest("[inert]");
          const groups = [...document.querySelectorAll("[role=radiogroup]")].filter(
            (each) => shown(each) && each.getAttribute("aria-label") === group,
          );
          const found = [...(groups.at(-1)?.querySelectorAll("[role=radio]") ?? [])].find((each) =>
            each.textContent.trim().startsWith(choice),
          );
          if (found?.getAttribute("aria-checked") === "true") return true;
          found?.click();
          return false;
        },
        group,
        choice,
      ),
    );
  }

  /** Presses a button of the dialog once it can be pressed. */
  inDialog(name) {
    return until(
      `“${name}” of the dialog`,
      () =>
        this.page((name) => {
          const buttons = [...document.querySelectorAll("[role=dialog] button, [role=alertdialog] button")];
          const own = buttons.find((each) => each.textContent.trim() === name);
          if (!own || own.getAttribute("aria-disabled") === "true" || own.disabled) return false;
          own.click();
          return true;
        }, name),
      30_000,
    );
  }

  /** What the core answers to a command of the page. */
  ask(command, values = {}) {
    return this.window.browser.executeAsync(
      (command, values, done) => {
        window.__TAURI_INTERNALS__.invoke(command, values).then(
          (answer) => done({ answer }),
          (error) => done({ error }),
        );
      },
      command,
      values,
    );
  }

  /** The next path that is asked for is this one: nobody sits before the system's dialog. */
  picks(path, command = "pick_save_path") {
    return this.page(
      (path, command) => {
        const real = window.fetch;
        window.fetch = (target, ...rest) => {
          if (!String(target?.url ?? target).includes(command)) return real(target, ...rest);
          window.fetch = real;
          const headers = { "content-type": "application/json", "Tauri-Response": "ok" };
          return Promise.resolve(new Response(JSON.stringify(path), { headers }));
        };
      },
      path,
      command,
    );
  }

  /** Every element of a selector in the part in front: its text, name and place. */
  all(selector) {
    return this.page((selector) => {
      const shown = (node) =>
        node.checkVisibility({ checkVisibilityCSS: true }) &&
        !node.closest("[inert]") &&
        node.getClientRects().length > 0;
      return [...document.querySelectorAll(selector)].filter(shown).map((node) => ({
        text: node.innerText ?? node.textContent,
        name: node.getAttribute("aria-label"),
        look: node.className,
        selected: node.getAttribute("aria-selected") === "true",
      }));
    }, selector);
  }

  /** The cells that are drawn, in the order they are seen. */
  async cells() {
    return (await this.all("[role=gridcell]")).map(({ text }) => text);
  }

  cell(text, limit) {
    return until(`the cell “${text}”`, async () => (await this.cells()).includes(text), limit);
  }

  /** The tabs' titles, of the strip on top. */
  async titles() {
    return (await this.all('[role=tablist][aria-label="Open tabs"] [role=tab]')).map(
      ({ text }) => text.trim().split("\n")[0],
    );
  }

  /** The text of the editor in front; long texts are drawn in parts. */
  editorText() {
    return this.page(() => {
      const shown = [...document.querySelectorAll("[data-editor] .cm-content")].filter((each) =>
        each.checkVisibility({ checkVisibilityCSS: true }),
      );
      return [...(shown.at(-1)?.querySelectorAll(".cm-line") ?? [])].map((line) => line.textContent).join("\n");
    });
  }

  /** Puts the focus into the editor in front. */
  focusEditor() {
    return until("the editor", () =>
      this.page(() => {
        const shown = [...document.querySelectorAll("[data-editor] .cm-content")].filter((each) =>
          each.checkVisibility({ checkVisibilityCSS: true }),
        );
        shown.at(-1)?.focus();
        return shown.length > 0;
      }),
    );
  }

  /** Puts a text where the caret is, as the clipboard would. */
  paste(text) {
    return this.page((text) => {
      const data = new DataTransfer();
      data.setData("text/plain", text);
      document.activeElement.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
      );
    }, text);
  }

  /** Replaces what the editor in front holds, at once. */
  async write(text) {
    await this.focusEditor();
    await this.keys("Control", "a");
    await this.paste(text);
    const first = text.split("\n")[0];
    await until("the text to stand there", async () => (await this.editorText()).startsWith(first));
  }

  /** Writes and runs the whole text. */
  async run(text) {
    await this.write(text);
    await this.keys("Control", "Shift", "Enter");
  }

  /** Opens a branch of the tree. */
  async unfold(name, which = "first") {
    await until(
      `“${name}” to be unfolded`,
      async () => {
        const item = await this.window.named(name, "treeitem", which);
        if (!item) return false;
        if ((await item.getAttribute("aria-expanded")) === "true") return true;
        await item.click();
        await this.keys("ArrowRight");
        return until(
          "it to open",
          async () =>
            (await this.window.named(name, "treeitem", which))
              ?.getAttribute("aria-expanded")
              .then((open) => open === "true"),
          2000,
        );
      },
      20_000,
    );
  }

  async openTable(name) {
    const item = await until(`“${name}” in the tree`, () => this.window.named(name, "treeitem", "first"));
    await item.doubleClick();
  }

  /** Closes what is said in passing: it lies over what is beneath for a while. */
  dismissToasts() {
    return until("nothing to be said any more", () =>
      this.page(() => {
        const left = [...document.querySelectorAll(".rh-toasts button[aria-label=Close]")];
        for (const close of left) close.click();
        return left.length === 0;
      }),
    );
  }

  /** Opens a relation from the palette; that of one connection where several have one of its name. */
  async openFound(name, connection = "") {
    await this.keys("Control", "k");
    const field = await until("the palette", () => this.window.find(".rh-palette-ask input"));
    await field.addValue(`@${name}`);
    const chosen = async () =>
      (await this.all(".rh-palette-list [role=option]")).find((option) => option.selected)?.text;
    const isIt = (text) => text?.startsWith(name) && text.includes(connection);
    await until(`${name} to be found`, async () => isIt(await chosen()), 30_000);
    await this.keys("Enter");
  }

  /** Asks a database past the window, any engine; what it answers as CSV without its head. */
  sql(url, text) {
    const answer = execFileSync(CLI, ["query", url, "-q", "--yes", "--format", "csv", "-c", text], {
      encoding: "utf8",
      env: { ...process.env, ROWHOUSE_HOME: this.home.path },
      timeout: 120_000,
    });
    return answer.trim().split("\n").slice(1).join("\n");
  }

  /** Runs an action of the palette. */
  async act(title) {
    await this.keys("Control", "k");
    const field = await until("the palette", () => this.window.find(".rh-palette-ask input"));
    await field.addValue(`>${title.toLowerCase()}`);
    await until(`“${title}” to be chosen`, async () => {
      const chosen = (await this.all(".rh-palette-list [role=option]")).find((option) => option.selected);
      return chosen?.text.startsWith(title);
    });
    await this.keys("Enter");
    await until("the palette to go", async () => !(await this.window.find(".rh-palette")));
  }

  /** Opens a saved connection from the page of connections. */
  async connect(name) {
    await this.keys("Control", "Shift", "h");
    await until(`the connection ${name}`, () =>
      this.page((name) => {
        for (const old of document.querySelectorAll("[data-e2e]")) old.removeAttribute("data-e2e");
        const row = [...document.querySelectorAll(".home-row")].find(
          (row) => row.checkVisibility({ checkVisibilityCSS: true }) && row.textContent.includes(name),
        );
        row?.scrollIntoView({ block: "center" });
        row?.setAttribute("data-e2e", "row");
        return Boolean(row);
      }, name),
    );
    await (await this.window.find("[data-e2e=row]")).doubleClick();
    await until(`${name} to be connected`, async () => {
      const bar = await this.page(
        () => document.querySelector(".rh-status, [role=contentinfo]")?.innerText ?? document.body.innerText,
      );
      return bar.includes(name) && !bar.includes("connecting");
    });
  }

  /** The titles of the program's windows, as the display has them. */
  windowTitles() {
    const tree = execFileSync("xwininfo", ["-root", "-tree"], { encoding: "utf8" });
    return tree.split("\n").flatMap((line) => {
      const large = Number(/\s(\d+)x\d+[+-]/.exec(line)?.[1] ?? 0) >= 400;
      const title = /^\s*0x[0-9a-f]+ (.*): \("rowhouse-desktop"/.exec(line)?.[1];
      return large && title ? [title] : [];
    });
  }
}
