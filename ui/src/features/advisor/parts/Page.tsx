/** A rule's page: Markdown of headings, paragraphs, lists and SQL, as text and never as markup. */
import type { ReactNode } from "react";
import { CodeBlock } from "@/design";

type Block =
  | { readonly kind: "heading" | "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "code"; readonly text: string };

/** The blocks of a page. */
export function blocksOf(page: string): readonly Block[] {
  const blocks: Block[] = [];
  let text: string[] = [];
  const flush = () => {
    if (text.length > 0) blocks.push({ kind: "text", text: text.join(" ") });
    text = [];
  };
  const lines = page.split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (line.trimStart().startsWith("```")) {
      flush();
      const code: string[] = [];
      for (at += 1; at < lines.length && !(lines[at] ?? "").trimStart().startsWith("```"); at += 1)
        code.push(lines[at] ?? "");
      blocks.push({ kind: "code", text: code.join("\n") });
    } else if (/^#{1,6}\s/.test(line)) {
      flush();
      blocks.push({ kind: "heading", text: line.replace(/^#+\s*/, "") });
    } else if (/^\s*[-*]\s/.test(line)) {
      flush();
      const item = line.replace(/^\s*[-*]\s*/, "");
      const last = blocks.at(-1);
      if (last?.kind === "list") blocks[blocks.length - 1] = { kind: "list", items: [...last.items, item] };
      else blocks.push({ kind: "list", items: [item] });
    } else if (line.trim() === "") flush();
    else text.push(line.trim());
  }
  flush();
  return blocks;
}

/** Names between backticks stand in the face of code. */
function Words({ text }: { text: string }): ReactNode {
  return text.split("`").map((part, at) =>
    at % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place.
      <code key={at} className="rh-mono">
        {part}
      </code>
    ) : (
      part.replaceAll("**", "")
    ),
  );
}

export function Page({ page, highlight }: { page: string; highlight: (sql: string) => ReactNode }) {
  return (
    <div className="adv-page rh-selectable">
      {blocksOf(page).map((block, at) => {
        const key = `${at}`;
        if (block.kind === "heading") return <h3 key={key}>{block.text}</h3>;
        if (block.kind === "code")
          return (
            <CodeBlock key={key} label="Example" copy={block.text} wrap>
              {highlight(block.text)}
            </CodeBlock>
          );
        if (block.kind === "list")
          return (
            <ul key={key} className="list-disc pl-5">
              {block.items.map((item) => (
                <li key={item}>
                  <Words text={item} />
                </li>
              ))}
            </ul>
          );
        return (
          <p key={key}>
            <Words text={block.text} />
          </p>
        );
      })}
    </div>
  );
}
