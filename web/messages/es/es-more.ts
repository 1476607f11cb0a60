/** The sentences in Spanish of the screens that are loaded later. The shape is that of English. */
import type { MoreMessages } from '../messages.ts';
import { esApiDocs } from './api-docs.ts';
import { esHandouts } from './handouts.ts';
import { esMembers } from './members.ts';
import { esOversight } from './oversight.ts';
import { esPlan } from './plan.ts';
import { esPractice } from './practice.ts';
import { esSetUp } from './set-up.ts';
import { esSipTraces } from './sip-traces.ts';
import { esYou } from './you.ts';
import { esContacts } from './contacts.ts';
import { esLines } from './lines.ts';

export const esMore: MoreMessages = {
  ...esYou,
  ...esMembers,
  ...esSetUp,
  ...esApiDocs,
  ...esOversight,
  handouts: esHandouts,
  sipTraces: esSipTraces,
  plan: esPlan,
  practice: esPractice,
  contacts: esContacts,
  lines: esLines,
};
