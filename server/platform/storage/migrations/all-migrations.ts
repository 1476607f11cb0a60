/** The one order of all migrations. Each is a file of its own, written with the feature whose tables it makes; its number is global. */
import type { Migration } from '../migration.ts';
import { practicesAndMembers } from './0001-practices-and-members.ts';
import { lines } from './0002-lines.ts';
import { calls } from './0003-calls.ts';
import { notes } from './0004-notes.ts';
import { audit } from './0005-audit.ts';
import { contacts } from './0006-contacts.ts';
import { plan } from './0007-plan.ts';
import { signIn } from './0008-sign-in.ts';
import { handouts } from './0009-handouts.ts';
import { lineProofs } from './0010-line-proofs.ts';

export const allMigrations: readonly Migration[] = [practicesAndMembers, lines, calls, notes, audit, contacts, plan, signIn, handouts, lineProofs];
