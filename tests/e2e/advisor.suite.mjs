// Fixes of the advisor in the real window: as drafts of policies, and all of them as one review. Nothing of them runs.
import assert from "node:assert/strict";
import { guarded } from "./lib/guarded.mjs";

const { desk, ask, open, policies } = await guarded(
  18,
  `create policy "own rows" on notes to authenticated using (owner = (select current_setting('app.user_id', true)));
   create table letters (id int primary key, owner text not null);
   grant select on letters to anon`,
);

/** Chooses one of a list of names. */
const tick = (list, name) =>
  desk.until(`${name} of “${list}”`, () =>
    desk.page(
      (list, name) => {
        const set = [...document.querySelectorAll("fieldset")].find((each) => each.querySelector("legend")?.textContent === list);
        const box = [...(set?.querySelectorAll("input") ?? [])].find((each) => each.labels?.[0]?.textContent.trim() === name);
        if (box && !box.checked) box.click();
        return box?.checked === true;
      },
      list,
      name,
    ),
  );
desk.test("a fix of row security opens as drafts among the policies, and nothing runs", async () => {
  await open();
  await desk.act("Advisor: what is wrong with this database");
  await desk.until("its tab", async () => (await desk.titles()).includes("Advisor · guarded"));
  await desk.sees("rules ran in");
  await desk.press("Say what they reach");
  await desk.sees("Roles of anybody");
  await desk.window.shot("advisor-exposure");
  await tick("Schemas", "public");
  await tick("Roles of anybody", "anon");
  await tick("Roles of who signed in", "authenticated");
  await desk.press("Keep");
  await desk.until("letters to be found", async () => (await desk.all("[role=option]")).some(({ text: said }) => /public\.letters.*S-01/s.test(said)), 60_000);
  await desk.page(() => [...document.querySelectorAll("[role=option]")].find((each) => /public\.letters.*S-01/s.test(each.textContent)).click());
  await desk.press("Open as drafts");
  await desk.sees("1 draft");
  await desk.until("the policies in front", async () => (await desk.window.text()).includes("Nothing is sent before you have seen it."));
  await desk.window.shot("advisor-fix-as-drafts");
  assert.equal(ask("select relrowsecurity from pg_class where relname = 'letters'"), "f");
  await desk.press("Discard");
  await desk.press("Discard 1 draft");
});

desk.test("by table: what was found about each, a policy counted for its table; one of them, and back", async () => {
  await desk.act("Advisor: what is wrong with this database");
  await desk.until("its tab", async () => (await desk.titles()).includes("Advisor · guarded"));
  await desk.press("By table", "radio");
  const rows = () => desk.all('[role=listbox][aria-label="Tables and other objects with findings"] [role=option]');
  const all = await desk.until("its tables", async () => (await rows()).some(({ text }) => text.startsWith("public.letters")) && (await rows()));
  const errors = all.map(({ text }) => /\d\s*errors?\b/.test(text));
  assert.deepEqual(errors, errors.toSorted((one, other) => other - one), "errors stand before all the rest");
  assert.match(all.find(({ text }) => text.startsWith("public.letters")).text, /\b1\s*error\b/);
  assert.match(all.find(({ text }) => text.startsWith("public.notes")).text, /compares owner.*\b1\s*warning\b/s);
  await desk.page(() => [...document.querySelectorAll(".adv-object")].find((each) => each.textContent.includes("public.notes")).click());
  await desk.until("its findings beside it", async () => (await desk.all('[role=listbox][aria-label="Findings of public.notes"] [role=option]')).length > 0);
  await desk.window.shot("advisor-by-table");
  await desk.page(() => document.querySelector('[role=listbox][aria-label="Tables and other objects with findings"]').focus());
  await desk.keys("Enter");
  const listed = () => desk.all('[role=listbox][aria-label="Findings"] [role=option]');
  await desk.until("only its findings", async () => {
    const all = await listed();
    return all.length > 0 && all.every(({ text }) => text.includes("public.notes"));
  });
  await desk.keys("Escape");
  await desk.until("the tables again", async () => (await rows()).length > 1);
  await desk.page(() => [...document.querySelectorAll("[role=radio]")].find((each) => each.textContent.startsWith("Findings")).click());
});

desk.test("all fixes are one review: drafts and a script, without what is left out", async () => {
  await desk.act("Advisor: what is wrong with this database");
  await desk.until("its tab", async () => (await desk.titles()).includes("Advisor · guarded"));
  await desk.press("All fixes");
  await desk.sees("Changes of row security become drafts of policies");
  await desk.window.shot("advisor-all-fixes");
  await desk.page(() => document.querySelector('[role=listbox][aria-label="Fixes"]').focus());
  await desk.keys(" ");
  await desk.sees("left out:");
  await desk.keys(" ");
  const before = policies();
  await desk.press("Open", "button");
  await desk.until("the script", async () => (await desk.titles()).some((title) => title.startsWith("Fixes of ")), 30_000);
  assert.equal(policies(), before, "nothing ran");
  assert.equal(ask("select relrowsecurity from pg_class where relname = 'letters'"), "f");
});
