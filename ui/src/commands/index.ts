/** Commands, their keys and who offers them. */
export { CommandsProvider, type Offer, useCommandList, useKeys, useOffers, useRunCommand } from "./registry";
export {
  type Clash,
  COMMANDS,
  type CommandDefinition,
  type CommandId,
  clashes,
  effectiveKeys,
  type Scope,
} from "./table";
