import { DesignRoot, EmptyState } from "@/design";

/** What a browser shows: the window's files were opened without the program that belongs to them. */
export function Standalone() {
  return (
    <DesignRoot theme="system">
      <main className="h-full">
        <EmptyState picture="offline" title="Rowhouse is a program, not a page">
          These files belong to the desktop window and reach databases only through it. Start Rowhouse to use them.
        </EmptyState>
      </main>
    </DesignRoot>
  );
}
