/** Plans of statements: what a server would do, or did. */
export { type PlanShape, PlanView, type PlanViewProps } from "./PlanView";
export { isAsking, type PlanState, type PlanStore, type PlanWish, plansOf } from "./store";
