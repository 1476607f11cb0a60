/** The practice patients of the sandbox, for the screen: their list comes from the sandbox itself, handed in by main. Owns who may see it, and who may have one call back. */
import type { SandboxPatientView } from '#contract/api.ts';
import type { E164, PartyNumber } from '#contract/ids.ts';
import { api } from '../members/index.ts';
import type { MemberGuard } from '../members/index.ts';

export interface SandboxRouteParts {
  readonly patients: readonly SandboxPatientView[];
  readonly guard: MemberGuard;
  readonly listLines: (practiceId: string) => Promise<readonly { readonly number: E164; readonly kind: 'hosted' | 'verified'; readonly isDefault: boolean }[]>;
  /** Resolves to whether it calls. */
  readonly callBack: (from: E164, to: E164) => Promise<boolean>;
}

export function createSandboxRoutes({ patients, guard, listLines, callBack }: SandboxRouteParts) {
  const { sandbox } = api;
  return {
    sandbox: {
      listPatients: sandbox.listPatients.use(guard).handler(({ context }) => (context.session.practice.isSandbox ? [...patients] : [])),
      callBack: sandbox.callBack.use(guard).handler(async ({ input: { number }, context: { session }, errors }) => {
        const patient = session.practice.isSandbox ? patients.find((each) => each.number === number && each.callsBack) : undefined;
        if (patient === undefined) throw errors.PATIENT_NOT_FOUND();
        const hosted = (await listLines(session.practice.id)).filter(({ kind }) => kind === 'hosted');
        const line = hosted.find(({ isDefault }) => isDefault) ?? hosted[0];
        if (line === undefined) throw errors.NO_LINE();
        if (!(await callBack(patient.number, line.number))) throw errors.PATIENT_NOT_FOUND();
        return {};
      }),
    },
  };
}

/** The name of a practice patient by number, for the screens of sandbox calls. */
export function createPatientNames(patients: readonly SandboxPatientView[]): (number: PartyNumber) => string | null {
  const names = new Map<string, string>(patients.map(({ number, name }) => [number, name]));
  return (number) => names.get(number) ?? null;
}
