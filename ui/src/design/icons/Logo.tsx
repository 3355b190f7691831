/** The mark: a terrace of three house fronts. Walls and windows stand on whole pixels of a 16 px grid. */
export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      role="img"
      aria-label="Rowhouse"
      shapeRendering="geometricPrecision"
    >
      <path className="rh-logo-wall" fillRule="evenodd" d="M0 6l2.5-3 2.5 3v9h-5zM2 8h1v2h-1zM2 12h1v3h-1z" />
      <path className="rh-logo-front" fillRule="evenodd" d="M5 4l3-3 3 3v11H5zM7 5h2v2H7zM7 8h2v2H7zM7 11h2v4H7z" />
      <path className="rh-logo-wall" fillRule="evenodd" d="M11 6l2.5-3 2.5 3v9h-5zM13 8h1v2h-1zM13 12h1v3h-1z" />
    </svg>
  );
}
