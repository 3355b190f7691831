import { memo } from "react";
import { piecesOf } from "../tokens";

/** A document's text in colours. */
export const Coloured = memo(function Coloured({ text }: { text: string }) {
  return piecesOf(text).map(({ text: piece, look }, at) =>
    look ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text have no other names
      <span key={at} className={`syn-${look}`}>
        {piece}
      </span>
    ) : (
      piece
    ),
  );
});
