import { useMemo } from "react";
import { piecesOf } from "../viewing";

/** A piece's height before it is laid out: about right is enough for the scrollbar. */
const heightOf = (piece: string): string =>
  `auto ${Math.ceil(Math.max(piece.split("\n").length, piece.length / 45)) * 17}px`;

/** A text of any length; only what is in sight is laid out. */
export function LongText({ text, className }: { text: string; className: string }) {
  const pieces = useMemo(() => piecesOf(text), [text]);
  return (
    <pre className={className}>
      {pieces.length === 1
        ? text
        : pieces.map((piece, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a piece is its place.
            <div key={place} style={{ contentVisibility: "auto", containIntrinsicSize: heightOf(piece) }}>
              {piece}
            </div>
          ))}
    </pre>
  );
}
