/** Bytes as digits and as bits, line by line: only what is in sight is laid out. */
import { useRef } from "react";
import { number } from "@/design";
import { bitLine, countBits, hexLine } from "../bytes";
import { useScroll } from "../parts/useScroll";

const ROW = 20;

function Lines({ label, count, line }: { label: string; count: number; line: (at: number) => React.ReactNode }) {
  const scroller = useRef<HTMLDivElement>(null);
  const scroll = useScroll(scroller, count, ROW);
  const shown: number[] = [];
  for (let at = Math.max(0, scroll.first - 8); at < Math.min(count, scroll.last + 8); at += 1) shown.push(at);
  return (
    <div
      ref={scroller}
      className="rh-scroll keys-dump rh-mono rh-selectable"
      role="region"
      aria-label={label}
      tabIndex={0}
      onScroll={scroll.onScroll}
    >
      <div className="rh-virtual" style={{ height: scroll.height + 16 }}>
        {shown.map((at) => (
          <div key={at} className="keys-dump-line" style={{ top: scroll.topOf(at) + 8 }}>
            {line(at)}
          </div>
        ))}
      </div>
    </div>
  );
}

export function HexDump({ bytes }: { bytes: Uint8Array }) {
  return (
    <Lines
      label="Bytes in hexadecimal digits"
      count={Math.ceil(bytes.length / 16)}
      line={(at) => {
        const { at: offset, digits, signs } = hexLine(bytes, at);
        return (
          <>
            <span className="text-ink-3">{offset}</span>
            <span className="keys-digits">{digits}</span>
            <span className="text-ink-2">{signs}</span>
          </>
        );
      }}
    />
  );
}

export function BitDump({ bytes, whole }: { bytes: Uint8Array; whole: boolean }) {
  const set = countBits(bytes);
  return (
    <div className="keys-bits">
      <p className="rh-meta">
        {number(set)} of {number(bytes.length * 8)} bits are set{whole ? "" : " in what was read"}. Bit 0 is the first.
      </p>
      <Lines
        label="Bits"
        count={Math.ceil(bytes.length / 8)}
        line={(at) => {
          const { at: offset, bits } = bitLine(bytes, at);
          return (
            <>
              <span className="text-ink-3 keys-bit-at">{offset}</span>
              {bits.map((eight, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: eight bits have no other name than their place.
                <span key={index} data-empty={eight === "00000000" || undefined} className="keys-eight">
                  {eight}
                </span>
              ))}
            </>
          );
        }}
      />
    </div>
  );
}
