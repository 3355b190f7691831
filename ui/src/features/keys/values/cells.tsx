/** How the parts of an element stand in a row. */
import type { ReactNode } from "react";
import { number } from "@/design";
import type { KeyBytes, KeyElement } from "@/ipc";
import { meant, toBytes } from "../bytes";
import { ttlWords } from "../model";
import { degrees, placeOf } from "../places";
import type { GridColumn } from "./Grid";

/** Signs of a value in a row: more would not be seen. */
const MOST = 400;

export function Preview({ value }: { value: KeyBytes | null }) {
  if (value === null) return null;
  if (value.as === "base64") {
    const bytes = meant({ as: "base64", of: value.of.slice(0, 128) });
    return (
      <span className="text-ink-2">{Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ")}</span>
    );
  }
  if (value.of === "") return <span className="text-ink-3">''</span>;
  return <>{value.of.slice(0, MOST)}</>;
}

const sizeOf = ({ value, cut }: KeyElement): number =>
  cut ?? (value === null ? 0 : value.as === "text" ? toBytes(value.of).length : meant(value).length);

const size: GridColumn = {
  id: "size",
  head: "size",
  note: "bytes",
  width: "96px",
  number: true,
  cell: (element) => number(sizeOf(element)),
};

const place = (head: string, backwards: number | null): GridColumn => ({
  id: "place",
  head,
  width: "72px",
  number: true,
  cell: (element, at): ReactNode => number(backwards === null ? (element.place ?? at) : backwards - 1 - at),
});

const degree = (of: "longitude" | "latitude"): GridColumn => ({
  id: of,
  head: of,
  note: "°",
  width: "112px",
  number: true,
  cell: ({ value }) => {
    const place = placeOf(value?.of ?? "");
    return place ? degrees(place[of]) : <span className="text-ink-3">no place</span>;
  },
});

/** The columns of a type, or of `place`; `ttl` where fields expire. */
export function columnsOf(kind: string, ttl: boolean, backwards: boolean, total: number): readonly GridColumn[] {
  switch (kind) {
    case "hash":
      return [
        { id: "name", head: "field", width: "minmax(96px, 216px)", cell: ({ name }) => name },
        { id: "value", head: "value", width: "minmax(0, 1fr)", cell: ({ value }) => <Preview value={value} /> },
        ...(ttl
          ? [
              {
                id: "ttl",
                head: "expires in",
                width: "112px",
                cell: ({ ttl_ms }: KeyElement) => (ttl_ms === null ? null : ttlWords(ttl_ms)),
              },
            ]
          : []),
        size,
      ];
    case "set":
      return [
        {
          id: "name",
          head: "member",
          width: "minmax(0, 1fr)",
          cell: ({ name }) => name || <span className="text-ink-3">''</span>,
        },
      ];
    case "zset":
      return [
        place("rank", backwards ? total : null),
        { id: "name", head: "member", width: "minmax(0, 1fr)", cell: ({ name }) => name },
        {
          id: "value",
          head: "score",
          width: "minmax(96px, 184px)",
          number: true,
          cell: ({ value }) => <Preview value={value} />,
        },
      ];
    case "place":
      return [
        { id: "name", head: "member", width: "minmax(96px, 1fr)", cell: ({ name }) => name },
        degree("longitude"),
        degree("latitude"),
      ];
    case "list":
      return [
        place("index", null),
        { id: "value", head: "item", width: "minmax(0, 1fr)", cell: ({ value }) => <Preview value={value} /> },
        size,
      ];
    default:
      return [
        { id: "name", head: "id", width: "176px", cell: ({ name }) => name },
        {
          id: "fields",
          head: "fields",
          width: "minmax(0, 1fr)",
          cell: ({ fields }) =>
            fields.map((field, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: an entry may have a field twice, and its fields stay in their places.
              <span key={at} className="keys-entry-field">
                <span className="text-ink-3">{field.name}=</span>
                <Preview value={field.value} />
              </span>
            )),
        },
      ];
  }
}
