/** The sentences in English that neither the way in, nor home, nor a call says: settings, setting up, the handout. Loaded by the screens that say them. */
import { enApiDocs } from './api-docs.ts';
import { enHandouts } from './handouts.ts';
import { enMembers } from './members.ts';
import { enOversight } from './oversight.ts';
import { enPlan } from './plan.ts';
import { enPractice } from './practice.ts';
import { enSetUp } from './set-up.ts';
import { enSipTraces } from './sip-traces.ts';
import { enYou } from './you.ts';
import { enContacts } from './contacts.ts';
import { enLines } from './lines.ts';

export const enMore = {
  ...enYou,
  ...enMembers,
  ...enSetUp,
  ...enApiDocs,
  ...enOversight,
  handouts: enHandouts,
  sipTraces: enSipTraces,
  plan: enPlan,
  practice: enPractice,
  contacts: enContacts,
  lines: enLines,
} as const;
