/** The door of the plan: where one may call, how often, and for how much. */
export { decideDestination, type DestinationRules, type DestinationVerdict } from './destination-policy.ts';
export { dialRefusalOf } from './dial-refusal-policy.ts';
export { admitDial, recordCallEnd, type Admission, type DialRequest } from './dial-admission.ts';
export { mayBeDialled } from './may-be-dialled.ts';
export { createPlanRoutes } from './plan-routes.ts';
