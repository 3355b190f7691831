import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { type ResultColumn, setHost } from "@/ipc";
import { fakeHost } from "@/ipc/fake";
import { BytesEditor } from "./editing/editors/BytesEditor";
import { fileNameOf } from "./saving";

const COLUMN: ResultColumn = {
  name: "photo",
  native_type: "bytea",
  class: "bytes",
  primary_key: false,
  references: null,
};

describe("a value in a file", () => {
  it("is called after its column and what it is, without signs no file system takes", () => {
    expect(fileNameOf("photo", "image/png")).toBe("photo.png");
    expect(fileNameOf('a/b:"c"', "bin")).toBe("a b c.bin");
    expect(fileNameOf("//", "txt")).toBe("value.txt");
  });

  it("takes the bytes that are entered, not those that are stored", async () => {
    const host = fakeHost({ pace: 0 });
    setHost(host);
    const user = userEvent.setup();
    render(
      <BytesEditor draft={{ kind: "bytes", base64: "iVBORw0KGgo=" }} column={COLUMN} onChange={() => undefined} />,
    );
    await user.click(screen.getByRole("button", { name: "To a file…" }));
    await waitFor(() => expect(host.fake.callsOf("saveCell")).toHaveLength(1));
    const [path, cell] = host.fake.callsOf("saveCell")[0] as [string, unknown];
    expect(path).toMatch(/photo\.png$/);
    expect(cell).toEqual({ kind: "bytes", base64: "iVBORw0KGgo=" });
  });
});
