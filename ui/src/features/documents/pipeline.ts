/** A pipeline as it is built: stages, each with a body, some turned off. Pure. */

export interface Stage {
  readonly key: number;
  /** `$match` and the like. */
  readonly operator: string;
  /** What the operator is given, as the shell writes it. */
  readonly body: string;
  readonly off: boolean;
}

/** Operators with a body to begin with. */
export const OPERATORS: readonly { readonly name: string; readonly begins: string; readonly does: string }[] = [
  { name: "$match", begins: "{  }", does: "keeps documents" },
  { name: "$project", begins: "{ _id: 0 }", does: "chooses fields" },
  { name: "$addFields", begins: "{  }", does: "adds fields" },
  { name: "$group", begins: '{ _id: "$", count: { $sum: 1 } }', does: "groups documents" },
  { name: "$sort", begins: "{ _id: 1 }", does: "sorts" },
  { name: "$limit", begins: "20", does: "takes the first" },
  { name: "$skip", begins: "20", does: "leaves out the first" },
  { name: "$unwind", begins: '"$"', does: "one document per element" },
  { name: "$lookup", begins: '{ from: "", localField: "", foreignField: "_id", as: "" }', does: "joins a collection" },
  { name: "$count", begins: '"count"', does: "counts" },
  { name: "$sortByCount", begins: '"$"', does: "counts by value" },
  { name: "$bucketAuto", begins: '{ groupBy: "$", buckets: 5 }', does: "groups into ranges" },
  { name: "$facet", begins: "{  }", does: "several pipelines at once" },
  { name: "$replaceRoot", begins: '{ newRoot: "$" }', does: "an inner document as the whole" },
  { name: "$sample", begins: "{ size: 20 }", does: "takes some by chance" },
  { name: "$unset", begins: '""', does: "removes fields" },
  { name: "$unionWith", begins: '{ coll: "" }', does: "adds another collection" },
  { name: "$setWindowFields", begins: "{ sortBy: { _id: 1 }, output: {  } }", does: "computes over neighbours" },
  { name: "$out", begins: '""', does: "writes a collection" },
  { name: "$merge", begins: '{ into: "" }', does: "writes into a collection" },
];

/** Stages that write: they are never run for a preview. */
export const isWriting = (stage: Stage): boolean => stage.operator === "$out" || stage.operator === "$merge";

const beginsOf = (operator: string) => OPERATORS.find((each) => each.name === operator)?.begins ?? "{  }";

export const stageText = ({ operator, body }: Stage): string => `{ ${operator}: ${body.trim() || "{}"} }`;

export type PipelineAction =
  | { readonly type: "add"; readonly operator: string; readonly at?: number }
  | { readonly type: "remove"; readonly key: number }
  | { readonly type: "move"; readonly key: number; readonly to: number }
  | { readonly type: "body"; readonly key: number; readonly body: string }
  | { readonly type: "operator"; readonly key: number; readonly operator: string }
  | { readonly type: "toggle"; readonly key: number };

export function pipelineReducer(stages: readonly Stage[], action: PipelineAction): readonly Stage[] {
  switch (action.type) {
    case "add": {
      const key = Math.max(0, ...stages.map((stage) => stage.key)) + 1;
      const stage: Stage = { key, operator: action.operator, body: beginsOf(action.operator), off: false };
      const at = action.at ?? stages.length;
      return [...stages.slice(0, at), stage, ...stages.slice(at)];
    }
    case "remove":
      return stages.filter((stage) => stage.key !== action.key);
    case "move": {
      const from = stages.findIndex((stage) => stage.key === action.key);
      const stage = stages[from];
      const to = Math.max(0, Math.min(stages.length - 1, action.to));
      if (!stage || from === to) return stages;
      const rest = stages.filter((each) => each !== stage);
      return [...rest.slice(0, to), stage, ...rest.slice(to)];
    }
    case "body":
      return stages.map((stage) => (stage.key === action.key ? { ...stage, body: action.body } : stage));
    case "operator":
      return stages.map((stage) => {
        if (stage.key !== action.key) return stage;
        // A body nobody has touched is that of the operator.
        const untouched = stage.body.trim() === beginsOf(stage.operator).trim();
        return { ...stage, operator: action.operator, body: untouched ? beginsOf(action.operator) : stage.body };
      });
    case "toggle":
      return stages.map((stage) => (stage.key === action.key ? { ...stage, off: !stage.off } : stage));
  }
}

/** The stages that are run to see what a stage gives: those up to it that are on. */
export function stagesUpTo(stages: readonly Stage[], key: number): readonly Stage[] {
  const at = stages.findIndex((stage) => stage.key === key);
  return stages.slice(0, at + 1).filter((stage) => !stage.off);
}

/** How a collection is named in the shell. */
export const collectionName = (name: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(name) ? `db.${name}` : `db.getCollection(${JSON.stringify(name)})`;

/** The whole pipeline as a statement; stages that are off are left out. */
export function pipelineText(collection: string, stages: readonly Stage[]): string {
  const on = stages.filter((stage) => !stage.off);
  const lines = on.map((stage) => `  ${stageText(stage).replaceAll("\n", "\n  ")}`);
  return `${collectionName(collection)}.aggregate([\n${lines.join(",\n")}${lines.length > 0 ? "\n" : ""}])`;
}

export function readStages(value: unknown): readonly Stage[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown): Stage[] => {
    if (typeof each !== "object" || each === null) return [];
    const { key, operator, body, off } = each as Partial<Record<keyof Stage, unknown>>;
    if (typeof key !== "number" || typeof operator !== "string" || typeof body !== "string") return [];
    return operator.startsWith("$") ? [{ key, operator, body, off: off === true }] : [];
  });
}
