import type { Drawing } from "./drawing";
import { colourOf, shapeOf, shapePath } from "./palette";

/** The series and what they look like; a click hides one or shows it again. */
export function Legend({ drawing, onToggle }: { drawing: Drawing; onToggle: (label: string) => void }) {
  if (drawing.legend.length === 0) return null;
  return (
    <ul className="rh-chart-legend" aria-label="Series">
      {drawing.legend.map(({ colour, label, hidden }) => (
        <li key={`${colour} ${label}`}>
          <button type="button" aria-pressed={!hidden} onClick={() => onToggle(label)} title={label}>
            <svg width="12" height="12" aria-hidden="true">
              <path
                d={shapePath(shapeOf(colour), 6, 6, 4)}
                fill={hidden ? "none" : colourOf(colour)}
                stroke={colourOf(colour)}
              />
            </svg>
            <span>{label}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
