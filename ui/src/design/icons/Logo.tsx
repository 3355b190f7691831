/** The mark: a terrace of three house fronts, the middle one lit. Drawn on a 16 px grid. */
export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" role="img" aria-label="Rowhouse">
      <path
        className="rh-logo-wall"
        fillRule="evenodd"
        d="M.5 7 3 4.5 5.5 7v7.5h-5zM2.25 9h1.5v1.5h-1.5zM2.25 12h1.5v2.5h-1.5z"
      />
      <path
        className="rh-logo-front"
        fillRule="evenodd"
        d="M5.5 5 8 2l2.5 3v9.5h-5zM7.25 6.5h1.5V8h-1.5zM7.25 9.25h1.5v1.5h-1.5zM7.25 12h1.5v2.5h-1.5z"
      />
      <path
        className="rh-logo-wall"
        fillRule="evenodd"
        d="M10.5 7 13 4.5 15.5 7v7.5h-5zM12.25 9h1.5v1.5h-1.5zM12.25 12h1.5v2.5h-1.5z"
      />
    </svg>
  );
}
