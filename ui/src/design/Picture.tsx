/**
 * The five states of a place, as five pictures of the same terrace: loading (bars where rows will be), empty
 * (dashed), error (broken in the middle), denied (locked), offline (unplugged).
 */
export type PictureName = "loading" | "empty" | "error" | "denied" | "offline";

const ROOF = "M6 26 24 10l18 16 18-16 18 16 18-16 18 16";

export function Picture({ name, width = 120 }: { name: PictureName; width?: number }) {
  return (
    <svg viewBox="0 0 120 76" width={width} height={(width * 76) / 120} aria-hidden="true">
      <path d={ROOF} opacity={name === "loading" ? 0.5 : 1} />
      {name === "loading" ? (
        <g stroke="none" fill="var(--skeleton)">
          <rect x="6" y="32" width="32" height="8" rx="2" />
          <rect x="44" y="32" width="70" height="8" rx="2" />
          <rect x="6" y="46" width="32" height="8" rx="2" />
          <rect x="44" y="46" width="52" height="8" rx="2" />
          <rect x="6" y="60" width="32" height="8" rx="2" />
          <rect x="44" y="60" width="62" height="8" rx="2" />
        </g>
      ) : null}
      {name === "empty" ? <path strokeDasharray="4 3" d="M6 26h108v44H6zM6 41h108M6 55.5h108" /> : null}
      {name === "error" ? <path d="M6 26h108v12H6zM6 56v14h108V56H74l-6-6-7 9-6-8-5 5z" /> : null}
      {name === "denied" ? (
        <>
          <path d="M6 26h108v44H6z" />
          <rect x="50" y="46" width="20" height="16" rx="2" />
          <path d="M54 46v-5a6 6 0 0 1 12 0v5M60 53v3" />
        </>
      ) : null}
      {name === "offline" ? (
        <path d="M6 26h108v44H6zM6 41h108M6 56h46M68 56h46M52 51v10M68 51v10M52 53.5h4M52 58.5h4" />
      ) : null}
    </svg>
  );
}
