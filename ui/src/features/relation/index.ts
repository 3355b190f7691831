/** What a relation is made of: columns, indexes, constraints, DDL, triggers, policies. */
export { countOf, type RelationView, shownName } from "./model";
export { useDefinition, useDriverOf, useRelation } from "./queries";
export { RelationStructure, type RelationStructureProps } from "./RelationStructure";
