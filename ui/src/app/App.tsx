import { EmptyState } from "@/design";

/** The window's content. */
export function App() {
  return <EmptyState picture="empty" title="Rowhouse" />;
}
