/** Suites to files: where a person says, over what they were read from and nothing else. */
import { host } from "@/ipc";
import type { SuiteView } from "../model";

export type SuiteFile = Pick<NonNullable<SuiteView["file"]>, "path" | "crlf"> & {
  /** Of what may be replaced; null replaces whatever is there. */
  readonly stamp: string | null;
};

/**
 * A suite as it is once its file holds it.
 *
 * @throws `HostError`: `conflict` where another program has changed the file meanwhile.
 */
export async function writeSuiteTo({ path, stamp, crlf }: SuiteFile, view: SuiteView): Promise<SuiteView> {
  const { stamp: now } = await host().saveFile({ path, text: view.text, stamp, crlf });
  return { ...view, file: { path, stamp: now, crlf }, saved: view.text };
}

/** A file of a suite's own, as a person picks it; null where they pick none. */
export async function pickSuiteFile(name: string): Promise<SuiteFile | null> {
  const path = await host().pickSavePath("Save the suite", `${name || "suite"}.json`);
  return path ? { path, stamp: null, crlf: false } : null;
}

/**
 * Saves to the suite's own file, or to one that is picked; null where none is.
 *
 * @throws As {@link writeSuiteTo}.
 */
export async function saveSuite(view: SuiteView, name: string): Promise<SuiteView | null> {
  const file = view.file ?? (await pickSuiteFile(name));
  return file && writeSuiteTo(file, view);
}
