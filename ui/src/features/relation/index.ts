/** What a relation is made of: columns, indexes, constraints, DDL, triggers, policies, privileges; and what is no relation. */
export { highlightSql } from "./highlight";
export { countOf, type RelationView, shownName } from "./model";
export { ObjectStructure, type ObjectStructureProps } from "./ObjectStructure";
export { iconOf, shownObject, viewsOf } from "./objectModel";
export { useDefinition, useDriverOf, useObject, useRelation } from "./queries";
export { RelationStructure, type RelationStructureProps } from "./RelationStructure";
export { useHighlight } from "./useHighlight";
