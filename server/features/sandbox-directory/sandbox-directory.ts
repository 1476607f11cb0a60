/** The practice patients of the sandbox, for the screen: their list comes from the sandbox itself, handed in by main. Owns who may see it. */
import type { SandboxPatientView } from '#contract/api.ts';
import type { PartyNumber } from '#contract/ids.ts';
import { api } from '../members/index.ts';
import type { MemberGuard } from '../members/index.ts';

export function createSandboxRoutes({ patients, guard }: { patients: readonly SandboxPatientView[]; guard: MemberGuard }) {
  return {
    sandbox: { listPatients: api.sandbox.listPatients.use(guard).handler(({ context }) => (context.session.practice.isSandbox ? [...patients] : [])) },
  };
}

/** The name of a practice patient by number, for the screens of sandbox calls. */
export function createPatientNames(patients: readonly SandboxPatientView[]): (number: PartyNumber) => string | null {
  const names = new Map<string, string>(patients.map(({ number, name }) => [number, name]));
  return (number) => names.get(number) ?? null;
}
