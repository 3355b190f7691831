/**
 * A pool keyed by index modulo its size is not in visual order, and a screen reader reads the document's order.
 * Moves as few nodes as a simple pass can; returns how many moved.
 */
export function sortChildren(parent: Element, inOrder: readonly Element[]): number {
  let moved = 0;
  let at: Element | null = parent.firstElementChild;
  for (const node of inOrder) {
    if (node === at) {
      at = at.nextElementSibling;
      continue;
    }
    parent.insertBefore(node, at);
    moved += 1;
  }
  return moved;
}
