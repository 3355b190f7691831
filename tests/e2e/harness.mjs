// Drives the real window: starts tauri-driver and the program in a home of its own, and finds things as a person would, by
// their names and roles.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { remote } from "webdriverio";
import { freePort } from "./lib/ports.mjs";

const APP = required("ROWHOUSE_E2E_APP");
export const CLI = required("ROWHOUSE_E2E_CLI");
const SHOTS = required("ROWHOUSE_E2E_SHOTS");

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run this by \`make test\``);
  return value;
}

/** How much longer than on a quiet machine anything may take before it is said not to come. */
const PATIENCE = 3;

async function until(what, probe, limit = 15_000) {
  const begun = Date.now();
  let last;
  while (Date.now() - begun < limit * PATIENCE) {
    try {
      const answer = await probe();
      if (answer) return answer;
    } catch (error) {
      last = error;
    }
    await sleep(60);
  }
  throw new Error(`waited ${limit * PATIENCE} ms for ${what}${last ? `: ${last.message}` : ""}`);
}
export { until };

/** A store folder of its own, gone with `remove()`. */
export function scratchHome() {
  const path = mkdtempSync(join(tmpdir(), "rowhouse-e2e."));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Every file under a folder, with its bytes. */
export function filesUnder(folder) {
  const found = [];
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    if (entry.isFile() && statSync(path).size < 256 << 20) found.push({ path, bytes: readFileSync(path) });
  }
  return found;
}

/** An open window of the program. */
export class Window {
  static async open(home, options = {}) {
    const [port, native] = [await freePort(), await freePort()];
    const driver = spawn(
      "tauri-driver",
      ["--port", String(port), "--native-port", String(native), "--native-driver", "/usr/bin/WebKitWebDriver"],
      { env: { ...process.env, ROWHOUSE_HOME: home, ...options.env }, stdio: ["ignore", "ignore", "inherit"] },
    );
    const browser = await until("the driver to answer", () =>
      remote({
        hostname: "127.0.0.1",
        port,
        logLevel: "silent",
        connectionRetryCount: 0,
        capabilities: {
          browserName: "wry",
          "wdio:enforceWebDriverClassic": true,
          "tauri:options": { application: APP, args: options.args ?? [] },
        },
      }),
    );
    const window = new Window(browser, driver, home);
    await window.browser.setWindowSize(1440, 900).catch(() => {});
    await window.until("the shell to be drawn", () => window.find(".rh-shell"));
    return window;
  }

  constructor(browser, driver, home) {
    this.browser = browser;
    this.driver = driver;
    this.home = home;
  }

  until(what, probe, limit) {
    return until(what, probe, limit);
  }

  /** The first element of a selector that is there, or null. */
  async find(selector) {
    const element = await this.browser.$(selector);
    return (await element.isExisting()) ? element : null;
  }

  /** Runs a function in the page. */
  page(script, ...values) {
    return this.browser.execute(script, ...values);
  }

  text() {
    return this.page(() => document.body.innerText);
  }

  async sees(text, limit) {
    await this.until(`“${text}” to be seen`, async () => (await this.text()).includes(text), limit);
  }

  /** Presses the control of this accessible name, as the mouse would: visible ones only, the last of several. */
  async press(name, role = "button", limit = 10_000, which = "last") {
    const element = await this.until(`the ${role} “${name}”`, () => this.named(name, role, which), limit);
    await element.click();
  }

  /** Finds by accessible name: text, aria-label or label. */
  async named(name, role, which = "last") {
    const id = await this.page(
      (name, role, which) => {
        const implicit = {
          button: "button,[role=button]",
          tab: "[role=tab]",
          treeitem: "[role=treeitem]",
          option: "[role=option]",
          menuitem: "[role=menuitem],[role=menuitemcheckbox]",
          radio: "[role=radio],input[type=radio]",
          textbox: "input,textarea,[role=textbox]",
          any: "*",
        }[role];
        const nameOf = (element) => {
          const labelled = element.getAttribute("aria-labelledby");
          if (labelled) return labelled.split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ").trim();
          if (element.getAttribute("aria-label")) return element.getAttribute("aria-label");
          if (element.labels?.length) return element.labels[0].textContent.trim();
          return (element.innerText ?? element.textContent ?? "").trim();
        };
        const fits = (element) => {
          const own = nameOf(element).replace(/\s+/g, " ");
          return own === name || own.startsWith(`${name} `) || own.startsWith(`${name},`);
        };
        // What lies behind a dialog or in another tab cannot be pressed.
        const visible = (element) => element.checkVisibility() && element.getClientRects().length > 0 && !element.closest("[inert]");
        const all = [...document.querySelectorAll(implicit)].filter((element) => visible(element) && fits(element));
        const exact = all.filter((element) => nameOf(element).replace(/\s+/g, " ") === name);
        const chosen = (exact.length ? exact : all).at(which === "first" ? 0 : -1);
        if (!chosen) return null;
        document.querySelectorAll("[data-e2e]").forEach((element) => element.removeAttribute("data-e2e"));
        chosen.setAttribute("data-e2e", "found");
        return true;
      },
      name,
      role,
      which,
    );
    return id ? this.find("[data-e2e=found]") : null;
  }

  /** Replaces what a labelled field holds. */
  async fill(label, text) {
    const element = await this.until(`the field “${label}”`, () => this.named(label, "textbox"));
    await element.click();
    await this.keys(["Control", "a"]);
    await this.keys(["Delete"]);
    if (text) await element.addValue(text);
  }

  async keys(keys) {
    await this.browser.keys(keys);
  }

  async shot(name) {
    await sleep(250);
    // Of the display: the driver's own picture waits for a frame that an idle window never draws.
    execFileSync("import", ["-window", "root", join(SHOTS, `${name}.png`)], { timeout: 10_000 });
  }

  /** The program's process, found by the home it was given. */
  pid() {
    for (const entry of readdirSync("/proc")) {
      if (!/^\d+$/.test(entry)) continue;
      try {
        const command = readFileSync(`/proc/${entry}/cmdline`, "utf8").split("\0")[0];
        const environment = readFileSync(`/proc/${entry}/environ`, "utf8");
        if (command === APP && environment.includes(`ROWHOUSE_HOME=${this.home}\0`)) return Number(entry);
      } catch {
        // It ended while we looked.
      }
    }
    return null;
  }

  /** Ends the program as a power cut would. */
  async kill() {
    const pid = this.pid();
    if (pid) process.kill(pid, "SIGKILL");
    await this.close();
  }

  async close() {
    await Promise.race([this.browser.deleteSession().catch(() => {}), sleep(3000)]);
    this.driver.kill("SIGTERM");
    await until("the program to end", () => this.pid() === null, 5000).catch(() => {
      const pid = this.pid();
      if (pid) process.kill(pid, "SIGKILL");
    });
  }
}
