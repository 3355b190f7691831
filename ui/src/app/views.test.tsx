/** The views of a table's and an object's tab: those that are known late move none of the others. */
import { act, cleanup, configure, render, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ObjectRef, setHost } from "@/ipc";
import { fakeFailure, fakeHost, fakeTab, STAGING } from "@/ipc/fake";
import { App } from "./App";

vi.setConfig({ testTimeout: 30_000 });
configure({ asyncUtilTimeout: 8_000 });
Range.prototype.getClientRects ??= () => [] as unknown as DOMRectList;

const ref = (name: string, kind = "relation", schema: string | null = "public"): ObjectRef => ({
  database: "shop",
  schema,
  kind,
  name,
  signature: null,
});

/** Opens a tab whose page is not read until `read` is called. */
function opened(object: ObjectRef, view: object = {}) {
  const tab = fakeTab("r", {
    kind: "relation",
    title: object.name,
    profile_id: STAGING,
    object,
    view: JSON.stringify(view),
  });
  const host = fakeHost({ pace: 0, open: [STAGING], tabs: [tab], active: "r" });
  let read = () => {};
  const gate = new Promise<void>((resolve) => {
    read = resolve;
  });
  const { relation, object: page } = host;
  host.relation = async (...args) => {
    await gate;
    return relation(...args);
  };
  host.object = async (...args) => {
    await gate;
    return page(...args);
  };
  setHost(host);
  const root = document.createElement("div");
  root.id = "root";
  document.body.append(root);
  render(<App />, { container: root });
  return { host, read: () => act(async () => read()) };
}

const radios = () => within(screen.getByRole("radiogroup", { name: "What of it" })).getAllByRole("radio");
const labels = () => radios().map((radio) => radio.textContent?.replace(/(\d+|–)$/, ""));
/** Which views have a place for a number. */
const places = () =>
  radios().flatMap((radio) => (radio.querySelector(".rh-view-count") ? [radio.dataset["value"]] : []));

describe("the views of a tab", () => {
  beforeEach(() => window.localStorage.clear());
  afterEach(() => {
    cleanup();
    document.body.replaceChildren();
  });

  it("stay where they are when privileges and numbers are read", async () => {
    const { read } = opened(ref("orders"));
    await screen.findByRole("radio", { name: "Edit" });
    const [before, kept] = [labels(), places()];
    expect(before).not.toContain("Privileges");
    await read();
    await screen.findByRole("radio", { name: /^Privileges/ });
    expect(labels().slice(0, before.length)).toEqual(before);
    expect(places().slice(0, kept.length)).toEqual(kept);
    expect(kept).toEqual(["columns", "indexes", "constraints"]);
  });

  it("stay where they are when one of the late ones is in front", async () => {
    const { read } = opened(ref("orders"), { view: "grants" });
    await screen.findByRole("radio", { name: "Privileges" });
    const before = labels();
    await read();
    await screen.findByRole("radio", { name: /^Privileges \d/ });
    expect(labels().slice(0, before.length)).toEqual(before);
  });

  it("of a role stay where they are when its lists are read", async () => {
    const { read } = opened(ref("reporting", "role", null));
    await screen.findByRole("radio", { name: "Edit" });
    const before = labels();
    await read();
    await screen.findByRole("radio", { name: /^Member of/ });
    expect(labels().slice(0, before.length)).toEqual(before);
  });

  it("of a table that is only staged cannot be chosen, but for its changes", async () => {
    const { host, read } = opened(ref("notes"), { view: "edit" });
    host.fake.fail("relation", fakeFailure("not_found", "There is no relation notes."));
    await screen.findByRole("radio", { name: "Edit" });
    const before = labels();
    await act(() =>
      host.editStructure(STAGING, null, [
        {
          edit: "create_table",
          schema: "public",
          name: "notes",
          columns: [],
          primary_key: [],
          row_security: false,
          partition_by: null,
          comment: null,
        },
      ]),
    );
    await read();
    await waitFor(() =>
      expect(radios().flatMap((radio) => (radio.hasAttribute("disabled") ? [] : [radio.textContent]))).toEqual([
        "Edit",
      ]),
    );
    expect(labels()).toEqual(before);
  });
});
