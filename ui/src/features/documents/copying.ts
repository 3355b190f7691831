import { announce, copyText, toast } from "@/design";
import { type DocumentStyle, failureOf, host } from "@/ipc";
import { isContainer, type Line } from "./outline";
import { pathText } from "./staged";
import { shownValue } from "./values";

const copied = (text: string, what: string) =>
  void copyText(text).then((done) => {
    if (done) announce(`${what} copied`);
    else toast({ tone: "danger", title: `${what} could not be copied` });
  });

/** What of a hold's documents can be copied. */
export const copying = (holdId: string) => ({
  copyValue: (line: Line) => {
    if (line.kind === "added") copied(line.change.text, "Value");
    else if (line.kind === "field" && !isContainer(line.field) && !line.field.cut)
      copied(shownValue(line.field), "Value");
    else if (line.kind === "field")
      toast({ tone: "info", title: "It is too long to be copied from here: copy the document" });
  },
  copyPath: (line: Line) => {
    if (line.kind === "field") copied(pathText(line.names), "Path");
  },
  copyDocument: (row: number, style: DocumentStyle) => {
    host()
      .holdDocument(holdId, row, style)
      .then((text) => copied(text, "Document"))
      .catch((thrown: unknown) => toast({ tone: "danger", title: failureOf(thrown).message }));
  },
});
