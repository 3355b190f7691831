// A schema changed in the real window on every engine: a foreign key drawn, a table and an index added, steps taken back and done
// again, locks read, everything applied, the picture kept, and all of it taken back.
import assert from "node:assert/strict";
import { after } from "node:test";
import { Desk, ownDatabase } from "./lib/desk.mjs";
import { DiagramInFront } from "./lib/diagram.mjs";

const desk = new Desk();
const diagram = new DiagramInFront(desk);
const sql = (url, text) => desk.sql(url, text);

const OWN = "e2e_structure";
const ROLE = "e2e_structure_ada";
const mariadb = process.env.ROWHOUSE_TEST_MARIADB_URL;
const within = (url, database) => {
  const own = new URL(url);
  own.pathname = `/${database}`;
  return own.href;
};
const engines = [
  { name: "PostgreSQL", url: ownDatabase(OWN), lock: "SHARE ROW EXCLUSIVE" },
  {
    name: "SQLite",
    url: `sqlite:${desk.path("structure.db")}?mode=rwc`,
    lock: "the whole database",
  },
  ...(mariadb ? [{ name: "MariaDB", url: within(mariadb, OWN), lock: "ALGORITHM=", schema: OWN }] : []),
];
if (mariadb) {
  sql(mariadb, `drop database if exists ${OWN}`);
  sql(mariadb, `create database ${OWN}`);
  after(() => {
    try {
      sql(mariadb, `drop database ${OWN}`);
    } catch {
      // The server may have been stopped under us.
    }
  });
}

// Roles are of the whole server: one would outlive the database.
after(() => {
  try {
    sql(engines[0].url, `drop role if exists ${ROLE}`);
  } catch {
    // The server may have been stopped under us.
  }
});

/** So many are drawn, of however many there are. */
const shows = (tables, relations) => {
  const wanted = new RegExp(`: ${tables}( of \\d+)? tables?, ${relations} relations?$`);
  return desk.until(
    `a diagram of ${tables} tables and ${relations} relations`,
    async () => wanted.test(await diagram.canvas()),
    30_000,
  );
};

const at = (x, y) => (made) =>
  made.move({
    x: Math.round(x),
    y: Math.round(y),
    duration: 150,
    origin: "viewport",
  });
const rest = (made) => made.pause(400);

/** Presses the button whose name begins so. */
const pressFirst = (beginning) =>
  desk.until(`the button “${beginning}…”`, () =>
    desk.page((beginning) => {
      const name = (each) => each.getAttribute("aria-label") ?? each.textContent.trim();
      const shown = (each) => each.checkVisibility({ checkVisibilityCSS: true }) && !each.closest("[inert]");
      const found = [...document.querySelectorAll("button")].find(
        (each) => shown(each) && name(each).startsWith(beginning),
      );
      found?.click();
      return Boolean(found);
    }, beginning),
  );

/** Applies once the review is there: before, a press of the button says why it cannot be. */
const apply = async () => {
  await desk.until("the review", () =>
    desk.page(() => {
      const buttons = [...document.querySelectorAll("[role=dialog] button")];
      const own = buttons.find((each) => each.textContent.trim() === "Apply");
      return Boolean(own) && own.getAttribute("aria-disabled") !== "true" && !own.disabled;
    }),
  );
  await desk.press("Apply");
};

for (const engine of engines) {
  let profileId;
  const ask = async (command, values = {}) => {
    const { answer, error } = await desk.ask(command, {
      profileId,
      database: null,
      ...values,
    });
    assert.equal(error, undefined, JSON.stringify(error));
    return answer;
  };
  const staged = async () => (await ask("structure_draft")).groups.map(({ label }) => label);
  const drawn = () => ask("open_diagram", { diagramId: null });
  const boxOf = ({ boxes }, name) => boxes.find((each) => each.name === name);

  desk.test(`${engine.name}: a foreign key is drawn from column to column`, async () => {
    sql(engine.url, "create table people (id int not null primary key, name varchar(40))");
    sql(engine.url, "create table orders (id int not null primary key, person_id int)");
    await desk.close();
    desk.profile(engine.url, engine.name);
    await desk.open();
    await desk.connect(engine.name);
    profileId = (await desk.ask("profiles")).answer.find(({ name }) => name === engine.name).id;
    if (engine.schema) {
      // A server's other databases are not the matter here.
      const scope = { schemas: [engine.schema], only: null, hidden: [], views: true, partitions: false };
      await ask("create_diagram", {
        name: "Its own",
        scope: { ...scope, columns: "all", inferred: false, grouping: "none" },
      });
    }
    const item = await desk.until("it in the tree", () => desk.window.named(engine.name, "treeitem", "first"));
    await item.click();
    await desk.page(() => {
      const menu = new MouseEvent("contextmenu", {
        bubbles: true,
        cancelable: true,
      });
      (document.querySelector('[role=treeitem][aria-selected="true"]') ?? document.activeElement).dispatchEvent(menu);
    });
    await desk.press("Diagram", "menuitem");
    await shows(2, 0);
    const drawing = await drawn();
    const { head, row } = drawing.metrics;
    await diagram.goTo("people");
    const people = await diagram.resting();
    await diagram.goTo("orders");
    const orders = await diagram.resting();
    await diagram.goTo("people");
    const target = await diagram.resting();
    const scale = target.width / boxOf(drawing, "people").width;
    const shift = {
      x: target.left - people.left,
      y: target.top - people.top,
    };
    const level = (box, place) => box.top + scale * (head + row * (place + 0.5));
    const from = {
      x: orders.left + shift.x + orders.width,
      y: level(orders, 1) + shift.y,
    };
    const to = { x: target.left + target.width / 2, y: level(target, 0) };
    const down = (made) => made.down({ button: 0 });
    const up = (made) => made.up({ button: 0 });
    await diagram.pointer(
      at(from.x - 20, from.y),
      rest,
      at(from.x - 1, from.y),
      rest,
      down,
      at(from.x + 30, from.y),
      at(to.x, to.y),
      rest,
      up,
    );
    await desk.until("it to be staged", async () => (await staged()).length === 1, 10_000);
    assert.match((await staged())[0], /foreign key orders\.\(person_id\) → people/);
    await shows(2, 1);
    await desk.window.shot(`structure-drawn-${engine.name}`);
  });

  desk.test(`${engine.name}: a table and an index are added, taken back and done again`, async () => {
    const draft = await ask("structure_draft");
    const schema = draft.objects[0].object.schema;
    const column = (name, native_type, nullable) => ({
      name,
      native_type,
      nullable,
      default: null,
      numbering: null,
      generated: null,
      stored: false,
      collation: null,
      comment: null,
      convert: null,
    });
    await ask("edit_structure", {
      edits: [
        {
          edit: "create_table",
          schema,
          name: "notes",
          primary_key: ["id"],
          row_security: false,
          partition_by: null,
          comment: null,
          columns: [column("id", "int", false), column("told", "varchar(80)", true)],
        },
      ],
    });
    await shows(3, 1);
    await diagram.goTo("orders");
    await desk.keys("Enter");
    await desk.choose("What of it", "Edit");
    await desk.choose("Part", "Indexes");
    await desk.press("New index");
    await desk.until("its columns", () =>
      desk.page(() => {
        const group =
          document.querySelector('[role=group][aria-label="New index"]') ?? document.querySelector("[role=dialog]");
        return Boolean(group?.querySelector("input"));
      }),
    );
    await ask("edit_structure", {
      edits: [
        {
          edit: "index",
          name: null,
          table: {
            database: null,
            schema,
            kind: "relation",
            name: "orders",
            signature: null,
          },
          index: {
            name: "orders_by_person",
            unique: false,
            method: null,
            included: [],
            predicate: null,
            keys: [
              {
                text: "person_id",
                expression: false,
                descending: false,
                nulls_first: null,
              },
            ],
          },
        },
      ],
    });
    await desk.until("three steps", async () => (await staged()).length === 3);
    await pressFirst("Take back: ");
    await desk.until("two steps", async () => (await staged()).length === 2);
    await pressFirst("Do again: ");
    await desk.until("three steps again", async () => (await staged()).length === 3);
    await desk.window.shot(`structure-staged-${engine.name}`);
  });

  desk.test(`${engine.name}: what it locks is read, it is applied, and the picture stays`, async () => {
    const before = await drawn();
    assert.equal(boxOf(before, "notes").staged, "added");
    await pressFirst("Review");
    await desk.sees("Review the changes");
    await desk.sees(engine.lock, 20_000);
    await desk.window.shot(`structure-review-${engine.name}`);
    await apply();
    await desk.sees("Applied", 30_000);
    await desk.until("nothing to be staged", async () => (await staged()).length === 0, 20_000);
    const now = await drawn();
    assert.deepEqual(now.boxes.map(({ name }) => name).sort(), ["notes", "orders", "people"]);
    for (const { name, x, y, staged } of now.boxes) {
      const was = boxOf(before, name);
      assert.deepEqual([name, x, y, staged], [name, was.x, was.y, null]);
    }
    assert.equal(now.lines.length, 1);
  });

  desk.test(`${engine.name}: everything is taken back`, async () => {
    await desk.press("Stage the way back");
    await desk.until("the way back to be staged", async () => (await staged()).length === 1, 20_000);
    await pressFirst("Review");
    await desk.sees("Review the changes");
    await apply();
    await desk.until("nothing to be staged", async () => (await staged()).length === 0, 30_000);
    // The catalog is read again behind it.
    await desk.until("the first picture", async () => {
      const { boxes, lines } = await drawn();
      return (
        lines.length === 0 &&
        boxes
          .map(({ name }) => name)
          .sort()
          .join() === "orders,people"
      );
    });
    await desk.window.shot(`structure-back-${engine.name}`);
  });

  if (engine.name !== "PostgreSQL") continue;

  desk.test(`${engine.name}: a partition and a role are staged by their forms, and are in one review`, async () => {
    sql(engine.url, `drop role if exists ${ROLE}`);
    sql(engine.url, "create table events (id int not null, at date not null) partition by range (at)");
    sql(
      engine.url,
      "create table year_2026 partition of events for values from ('2026-01-01') to ('2027-01-01')",
    );
    const { error } = await desk.ask("refresh_catalog", { profileId, object: null });
    assert.equal(error, undefined, JSON.stringify(error));
    await desk.until("events in the catalog", async () => {
      const { answer } = await desk.ask("search_catalog", { profileId, text: "events", limit: 10 });
      return answer?.some(({ label }) => label === "events");
    });
    await desk.dismissToasts();
    await desk.openFound("events");
    await desk.choose("What of it", "Edit");
    await desk.choose("Part", "Partitions");
    await desk.sees("year_2026");
    await desk.press("New partition");
    await desk.sees("New partition of public.events");
    // It begins where the last one ends.
    await desk.until("its beginning", () =>
      desk.page(() => document.querySelector('[role=dialog] input[aria-label="From"]')?.value === "2027-01-01"),
    );
    await desk.window.fill("Name", "year_2027");
    await desk.window.fill("To", "2028-01-01");
    await desk.window.shot(`structure-partition-${engine.name}`);
    await desk.inDialog("Stage");
    await desk.until("the partition to be staged", async () => (await staged()).length === 1);
    await desk.sees("year_2027");

    await desk.act("New view, function, type");
    await desk.until("its kind to be asked", () =>
      desk.page(() => {
        const kind = document.querySelector("[role=dialog] .rh-select");
        kind?.focus();
        return Boolean(kind);
      }),
    );
    await desk.keys("Enter");
    await desk.press("Role", "option");
    await desk.sees("New role");
    await desk.window.fill("Name", ROLE);
    await desk.until("it to log in", () =>
      desk.page(() => {
        const labels = [...document.querySelectorAll("[role=dialog] label")];
        const box = labels.find((each) => each.textContent.trim() === "Can log in")?.querySelector("input");
        if (box && !box.checked) box.click();
        return box?.checked === true;
      }),
    );
    await desk.sees("It gets no password here");
    await desk.window.shot(`structure-role-${engine.name}`);
    await desk.inDialog("Stage");
    await desk.until("both to be staged", async () => (await staged()).length === 2);
    await pressFirst("Take back: ");
    await desk.until("the role to be taken back", async () => (await staged()).length === 1);
    await pressFirst("Do again: ");
    await desk.until("both to be staged again", async () => (await staged()).length === 2);
    await pressFirst("Review");
    await desk.sees("Review the changes");
    await desk.sees("PARTITION OF", 20_000);
    await desk.sees(`CREATE ROLE ${ROLE}`);
    await desk.window.shot(`structure-review-forms-${engine.name}`);
  });

  desk.test(`${engine.name}: the partition and the role are applied, and taken back`, async () => {
    const there = () =>
      sql(
        engine.url,
        `select (select count(*) from pg_roles where rolname = '${ROLE}' and rolcanlogin)
              + (select count(*) from pg_inherits where inhrelid = to_regclass('public.year_2027')) as n`,
      );
    await apply();
    await desk.sees("Applied", 30_000);
    await desk.until("nothing to be staged", async () => (await staged()).length === 0, 20_000);
    assert.equal(there(), "2");
    await desk.press("Stage the way back");
    await desk.until("the way back to be staged", async () => (await staged()).length > 0, 20_000);
    await pressFirst("Review");
    await desk.sees("Review the changes");
    await desk.sees(`DROP ROLE ${ROLE}`, 20_000);
    await apply();
    await desk.until("nothing to be staged", async () => (await staged()).length === 0, 30_000);
    assert.equal(there(), "0");
    await desk.window.shot(`structure-forms-back-${engine.name}`);
  });
}
