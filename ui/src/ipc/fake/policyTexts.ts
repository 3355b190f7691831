/** Policies as text and from templates, in the fake host. */
import type { PolicyCommand, PolicyDraft, PolicyMade, PolicyTemplate, PolicyWho } from "../bindings";
import type { Host } from "../host";
import { createSql } from "./policyDrafts";
import { missingIn } from "./policyMissing";
import { failure, requireOpen, type World } from "./world";

const WHO: PolicyWho = { user: "auth.uid()", authenticated: "authenticated", anonymous: "anon" };

const draft = (name: string, command: PolicyCommand, who: PolicyWho, more: Partial<PolicyDraft>): PolicyDraft => ({
  name,
  command,
  permissive: true,
  roles: [who.authenticated],
  using: null,
  with_check: null,
  comment: null,
  ...more,
});

function made(template: PolicyTemplate, who: PolicyWho): PolicyMade {
  const user = `(select ${who.user})`;
  switch (template.template) {
    case "own_rows": {
      const mine = `${template.owner} = ${user}`;
      return { policies: [draft("own rows", "all", who, { using: mine, with_check: mine })], indexes: [], notes: [] };
    }
    case "membership": {
      const { group, members, members_group, members_user } = template;
      const ours = `${group} = any (array(select m.${members_group} from ${members.schema}.${members.table} m where m.${members_user} = ${user}))`;
      return {
        policies: [draft("rows of my groups", "all", who, { using: ours, with_check: ours })],
        indexes: [`CREATE INDEX CONCURRENTLY ON app.documents (${group})`],
        notes: [`Row security of ${members.schema}.${members.table} applies to this sub-select too.`],
      };
    }
    case "owner_writes": {
      const mine = `${template.owner} = ${user}`;
      return {
        policies: [
          draft("owners add", "insert", who, { with_check: mine }),
          draft("owners change", "update", who, { using: mine, with_check: mine }),
          draft("owners remove", "delete", who, { using: mine }),
        ],
        indexes: [],
        notes: ["Changing and removing by WHERE needs a policy for reading as well."],
      };
    }
    case "tenant_fence": {
      const fence = `${template.tenant} = (select ${template.session})`;
      return {
        policies: [
          draft("tenant fence", "all", who, { permissive: false, roles: [], using: fence, with_check: fence }),
        ],
        indexes: [],
        notes: [],
      };
    }
    default:
      return {
        policies: [draft("everyone reads", "select", who, { roles: [], using: "true" })],
        indexes: [],
        notes: [],
      };
  }
}

const OFFERS: readonly { template: PolicyTemplate; title: string; detail: string; fits: boolean }[] = [
  { template: { template: "own_rows", owner: "owner_id" }, title: "Own rows", detail: "by owner_id", fits: true },
  {
    template: {
      template: "membership",
      group: "org_id",
      members: { schema: "app", table: "memberships" },
      members_group: "org_id",
      members_user: "user_id",
    },
    title: "Organisation",
    detail: "by org_id through app.memberships",
    fits: true,
  },
  {
    template: { template: "owner_writes", owner: "owner_id" },
    title: "Owner writes",
    detail: "by owner_id",
    fits: true,
  },
  { template: { template: "public_read" }, title: "Public read", detail: "every row, everyone", fits: true },
  {
    template: { template: "tenant_fence", tenant: "org_id", session: "current_setting('app.tenant', true)" },
    title: "Tenant fence",
    detail: "restrictive, by org_id",
    fits: true,
  },
  {
    template: { template: "time_limited", from: null, until: null },
    title: "Time limited",
    detail: "restrictive, between two columns",
    fits: false,
  },
];

const unquoted = (text: string) =>
  text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.toLowerCase();
const NAME = '("(?:[^"]|"")+"|[\\w]+)';
const CREATE = new RegExp(`^\\s*create\\s+policy\\s+${NAME}\\s+on\\s+(?:${NAME}\\.)?${NAME}([\\s\\S]*?);?\\s*$`, "i");

/** The expression in parentheses after a word. */
function after(text: string, word: RegExp): string | null {
  const found = word.exec(text);
  if (!found) return null;
  const from = found.index + found[0].length;
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "(") depth += 1;
    if (text[at] === ")") depth -= 1;
    if (depth === 0) return text.slice(from, at);
  }
  return null;
}

type Texts = "policyTemplates" | "policyMake" | "policyCopy" | "policyWrite" | "policyRead";

export function policyTexts(world: World): Pick<Host, Texts> {
  return {
    policyTemplates: async (profileId) => {
      requireOpen(world, profileId);
      return { who: WHO, offers: OFFERS.map((offer) => ({ ...offer, made: made(offer.template, WHO) })) };
    },
    policyMake: async (_profileId, _database, _on, template, who) => made(template, who),
    policyCopy: async (_profileId, _database, from, to, policy) => {
      const own = (text: string | null) => text?.replaceAll(`${from.table}.`, `${to.table}.`) ?? null;
      const copied = { ...policy, using: own(policy.using), with_check: own(policy.with_check) };
      return { policy: copied, missing: missingIn(to, copied), notes: [] };
    },
    policyWrite: async (on, policy) =>
      createSql(on, policy)
        .map((sql) => `${sql};`)
        .join("\n"),
    policyRead: async (text, schema) => {
      const found = CREATE.exec(text.replace(/;\s*comment\s+on\s+policy[\s\S]*$/i, ";"));
      if (!found) {
        const at = text.search(/\S/);
        return {
          read: "problem",
          error: failure("invalid_statement", "This is no CREATE POLICY.", {
            range: { from: Math.max(0, at), to: text.length },
          }),
        };
      }
      const [, name = "", own, table = "", rest = ""] = found;
      const to = /\bto\s+([\s\S]*?)(?=\s+(?:using|with\s+check)\s*\(|$)/i.exec(rest)?.[1];
      const comment = /\bis\s+'((?:[^']|'')*)'\s*;?\s*$/i.exec(text)?.[1];
      return {
        read: "policy",
        on: { schema: own ? unquoted(own) : (schema ?? "public"), table: unquoted(table) },
        policy: {
          name: unquoted(name),
          command: (/\bfor\s+(all|select|insert|update|delete)\b/i.exec(rest)?.[1]?.toLowerCase() ??
            "all") as PolicyCommand,
          permissive: !/\bas\s+restrictive\b/i.test(rest),
          roles: to ? to.split(",").map((role) => unquoted(role.trim())) : [],
          using: after(rest, /\busing\s*\(/i),
          with_check: after(rest, /\bwith\s+check\s*\(/i),
          comment: comment?.replaceAll("''", "'") ?? null,
        },
      };
    },
  };
}
