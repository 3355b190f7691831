import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { setHost } from "@/ipc";
import { type FakeHost, fakeHost, STAGING } from "@/ipc/fake";
import { SweepDialog } from "./SweepDialog";
import { RunStore, type Script } from "./store";

const script = (text: string): Script => ({ profileId: STAGING, database: null, text, base: 0, parameters: [] });

describe("a script that changes a whole table", () => {
  let host: FakeHost;
  beforeEach(() => {
    host = fakeHost({ pace: 0, open: [STAGING] });
    setHost(host);
  });

  const asked = async (text: string, typed: string | null = null) => {
    const question = await new RunStore("t").run(script(text));
    if (!question) throw new Error("nobody was asked");
    const onConfirm = vi.fn();
    const onCancel = vi.fn();
    render(<SweepDialog question={{ ...question, typed }} onConfirm={onConfirm} onCancel={onCancel} />);
    return { question, onConfirm, onCancel, dialog: screen.getByRole("alertdialog") };
  };

  it("is asked about before it runs, and leaves the former results as they were", async () => {
    const store = new RunStore("t");
    await store.run(script("select 1"));
    await waitFor(() => expect(store.snapshot().phase).toBe("finished"));
    const before = store.snapshot();
    const question = await store.run(script("update orders set total = 0"));
    expect(question?.title).toBe("Update every row of orders?");
    expect(store.snapshot()).toBe(before);
    expect(host.fake.callsOf("holdRelease")).toEqual([]);
    const confirmed = { digest: question?.digest ?? "", typed: null };
    expect(await store.run({ ...script("delete from orders"), confirmed })).not.toBeNull();
    expect(await store.run({ ...script("update orders set total = 0"), confirmed })).toBeNull();
    await waitFor(() => expect(store.snapshot().phase).toBe("finished"));
    expect(store.snapshot().outcomes[0]?.outcome).toBe("completed");
  });

  it("names the table, about how many rows, and the way back; Enter and Escape cancel", async () => {
    const { onConfirm, onCancel, dialog } = await asked("delete from orders");
    screen.getByText("DELETE of every row");
    screen.getByText(/^about [\d,]+ rows, an estimate$/);
    screen.getByText("It is committed at once: there is no way back.");
    expect(document.activeElement?.textContent).toMatch(/^Cancel/);
    await userEvent.keyboard("{Enter}");
    expect([onCancel.mock.calls.length, onConfirm.mock.calls.length]).toEqual([1, 0]);
    await userEvent.keyboard("{Escape}");
    expect(onCancel).toHaveBeenCalledTimes(2);
    const found = await axe.run(dialog, { rules: { "color-contrast": { enabled: false } } });
    expect(found.violations).toEqual([]);
  });

  it("says yes by its own button only", async () => {
    const { question, onConfirm } = await asked("delete from orders");
    await userEvent.click(screen.getByRole("button", { name: "Delete every row" }));
    expect(onConfirm.mock.calls).toEqual([[{ digest: question.digest, typed: null }]]);
  });

  it("has the name typed on production, and Enter in the field is no yes", async () => {
    const { question, onConfirm } = await asked("delete from orders", "orders");
    await userEvent.type(screen.getByRole("textbox", { name: "Type orders to go on" }), "order{Enter}");
    await userEvent.click(screen.getByRole("button", { name: /Delete every row/ }));
    expect(onConfirm).not.toHaveBeenCalled();
    await userEvent.type(screen.getByRole("textbox"), "s{Enter}");
    expect(onConfirm).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole("button", { name: /Delete every row/ }));
    expect(onConfirm.mock.calls).toEqual([[{ digest: question.digest, typed: "orders" }]]);
  });
});
