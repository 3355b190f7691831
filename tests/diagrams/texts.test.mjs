// Texts of diagrams are what other programs read: here their own tools parse what crates/erd writes. The texts are kept in
// crates/erd/src/exported, where a test of that crate holds them equal to what it writes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { JSDOM } from "jsdom";

const text = (name) => readFileSync(new URL(`../../crates/erd/src/exported/${name}`, import.meta.url), "utf8");
const { tables, relationships, ...drawing } = JSON.parse(text("odd.json"));

test("JSON says where everything lies", () => {
  assert.equal(drawing.rowhouse_diagram, 1);
  assert.equal(tables.length, 5);
  for (const { from, to, line } of relationships) {
    for (const [{ table, columns }, [x, y]] of [
      [from, line[0]],
      [to, line.at(-1)],
    ]) {
      const box = tables[table];
      assert.ok(x === box.x || x === box.x + box.width, `${x} of ${box.name}`);
      assert.ok(y > box.y && y < box.y + box.height, `${y} of ${box.name}`);
      const known = box.columns.map((column) => column.name);
      assert.deepEqual(columns.filter((column) => !known.includes(column)), []);
    }
  }
});

test("DBML is read by its own parser", async () => {
  const { Parser } = await import("@dbml/core");
  const database = new Parser().parse(text("odd.dbml"), "dbmlv2");
  const [schema, ...others] = database.schemas.filter((one) => one.tables.length > 0);
  assert.deepEqual(others, []);
  assert.equal(schema.name, "public");
  const found = schema.tables.map((table) => ({
    name: table.name,
    columns: table.fields.map((field) => [field.name, field.type.type_name]),
    note: table.note || null,
  }));
  const wanted = tables.map((table) => ({
    name: table.name,
    columns: table.columns.map((column) => [column.name, column.type || "unknown"]),
    note: table.kind === "table" ? null : table.kind,
  }));
  assert.deepEqual(found, wanted);
  const commented = schema.tables[0].fields[1];
  assert.equal(commented.note, tables[0].columns[1].comment);
  const ends = schema.refs.map((ref) => ref.endpoints.map((end) => [end.tableName, end.fieldNames]));
  const sides = relationships.map((one) =>
    [one.from, one.to].map((side) => [tables[side.table].name, side.columns]),
  );
  assert.deepEqual(ends, sides);
  const [group, ...more] = schema.tableGroups;
  assert.deepEqual(more, []);
  assert.equal(group.name, "people");
  const members = group.tables.map((table) => table.name);
  assert.deepEqual(members, tables.map((table) => table.name).filter((name) => name !== "newest"));
  assert.equal(database.notes[0].content, drawing.notes[0].text);
  assert.equal(schema.tables[0].headerColor, "#C95300");
});

test("Mermaid is read by its own parser", async () => {
  const { window } = new JSDOM("");
  Object.assign(globalThis, { window, document: window.document });
  const mermaid = (await import("mermaid")).default;
  // Registers the kinds of diagrams.
  await mermaid.parse(text("odd.mmd"));
  const diagram = await mermaid.mermaidAPI.getDiagramFromText(text("odd.mmd"));
  assert.equal(diagram.type, "er");
  const entities = [...diagram.db.getEntities().values()];
  // Mermaid's own names of signs, as it writes them until it draws.
  const plain = (label) => label.replaceAll(/ﬂ°°(\d+)¶ß/g, (_, code) => String.fromCodePoint(code)).replaceAll("ﬂ°quot¶ß", '"');
  assert.deepEqual(entities.map((entity) => plain(entity.alias)), tables.map((table) => table.name));
  assert.deepEqual(
    entities.map((entity) => entity.attributes.length),
    tables.map((table) => table.columns.length),
  );
  const keys = tables.map((table) => table.columns.map((column) => [column.primary && "PK", column.foreign && "FK"].filter(Boolean)));
  assert.deepEqual(entities.map((entity) => entity.attributes.map((attribute) => attribute.keys ?? [])), keys);
  assert.equal(diagram.db.getRelationships().length, relationships.length);
  // A table has the colour that somebody gave it, or its group's.
  const edges = entities.map((entity) => entity.cssStyles ?? []);
  const grouped = (table) => (table.name === "newest" ? [] : ["stroke:#0069A8"]);
  assert.deepEqual(edges, tables.map((table, place) => (place === 0 ? ["stroke:#C95300"] : grouped(table))));
});
