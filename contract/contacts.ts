/** The people a practice calls, as pages see them: what is kept of each, searching, importing, merging, and what happened with each. */
import { oc } from '@orpc/contract';
import * as z from 'zod';
import { e164Schema, lineIdSchema, memberIdSchema } from './ids.ts';

export const contactIdSchema = z.uuid().brand<'ContactId'>();
export type ContactId = z.infer<typeof contactIdSchema>;
export const groupIdSchema = z.uuid().brand<'GroupId'>();
export const importIdSchema = z.uuid().brand<'ImportId'>();
export type ImportId = z.infer<typeof importIdSchema>;

const shortTextSchema = z.string().trim().max(120);

/** What calls have shown of a number. */
export const numberHealthSchema = z.enum(['unknown', 'works', 'wrong', 'mailbox-full', 'not-in-service']);
export type NumberHealth = z.infer<typeof numberHealthSchema>;

export const contactNumberSchema = z.object({
  number: e164Schema,
  label: z.enum(['mobile', 'home', 'work', 'family', 'other']),
  health: numberHealthSchema.default('unknown'),
  lastReachedAt: z.iso.datetime().nullable().default(null),
});
export type ContactNumber = z.infer<typeof contactNumberSchema>;

/** Whole hours and minutes in the contact's own zone; ISO weekdays, Monday is 1. */
export const preferredTimeSchema = z.object({ weekdays: z.array(z.int().min(1).max(7)).min(1).max(7), from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/), until: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/) });

/** What a practice keeps of a contact. Sealed as one at rest. */
export const contactDetailsSchema = z.object({
  givenName: shortTextSchema.default(''),
  familyName: shortTextSchema.default(''),
  /** The first is the one that is called. */
  numbers: z.array(contactNumberSchema).max(10).default([]),
  email: z.string().trim().max(254).nullable().default(null),
  birthDate: z.iso.date().nullable().default(null),
  /** The practice's own number for the person, as its chart has it. */
  recordNumber: shortTextSchema.nullable().default(null),
  /** BCP 47. */
  language: z.string().max(35).nullable().default(null),
  needsInterpreter: z.boolean().default(false),
  /** IANA zone; null is the practice's. */
  timeZone: z.string().max(64).nullable().default(null),
  textConsent: z.object({ state: z.enum(['unknown', 'given', 'withdrawn']), at: z.iso.datetime().nullable() }).default({ state: 'unknown', at: null }),
  preferredTimes: z.array(preferredTimeSchema).max(14).default([]),
  tags: z.array(z.string().trim().min(1).max(40)).max(20).default([]),
  groupIds: z.array(groupIdSchema).max(20).default([]),
  /** The line this person is called with, by whoever calls; null for the caller's own. One that is no longer proven is passed over. */
  lineId: lineIdSchema.nullable().default(null),
  /** The physicians it is kept to, with those who work for them. Empty: the whole practice sees it. */
  keptTo: z.array(memberIdSchema).max(20).default([]),
});
export type ContactDetails = z.infer<typeof contactDetailsSchema>;

export const contactViewSchema = z.object({
  id: contactIdSchema,
  /** Rises with every change; a change made from an older one is refused. */
  version: z.int().positive(),
  details: contactDetailsSchema,
  isFavourite: z.boolean(),
  updatedAt: z.iso.datetime(),
});
export type ContactView = z.infer<typeof contactViewSchema>;

export const groupViewSchema = z.object({ id: groupIdSchema, name: z.string(), count: z.int().nonnegative() });
export type GroupView = z.infer<typeof groupViewSchema>;

/** Who changed what and when; which fields, never what stood in them. */
export const contactChangeSchema = z.object({ at: z.iso.datetime(), by: memberIdSchema, change: z.enum(['added', 'imported', 'changed', 'merged', 'removed', 'restored']), fields: z.array(z.string()) });
export type ContactChange = z.infer<typeof contactChangeSchema>;

/** What a column of a file can mean. */
export const importFieldSchema = z.enum(['name', 'givenName', 'familyName', 'mobile', 'home', 'work', 'otherNumber', 'email', 'birthDate', 'recordNumber', 'language', 'needsInterpreter', 'timeZone', 'textConsent', 'tags']);
export type ImportField = z.infer<typeof importFieldSchema>;

export const importProblemSchema = z.enum(['no-name-and-no-number', 'number-invalid', 'birth-date-invalid', 'email-invalid', 'time-zone-unknown', 'language-unknown', 'consent-unknown', 'too-long', 'quote-not-closed', 'card-unreadable']);
export type ImportProblem = z.infer<typeof importProblemSchema>;

export const importViewSchema = z.object({
  id: importIdSchema,
  kind: z.enum(['csv', 'vcard']),
  by: memberIdSchema,
  begunAt: z.iso.datetime(),
  state: z.enum(['uploading', 'mapping', 'running', 'done', 'undoing', 'undone', 'unreadable']),
  bytesReceived: z.int().nonnegative(),
  /** While mapping: one entry a column, with the first values, so that a person can see what each is. */
  columns: z.array(z.object({ header: z.string(), samples: z.array(z.string()), suggested: importFieldSchema.nullable() })),
  rowsDone: z.int().nonnegative(),
  /** Null until the file was read to its end once. */
  rowsTotal: z.int().nonnegative().nullable(),
  added: z.int().nonnegative(),
  /** Left out because name and number were there already. */
  duplicates: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  /** Of those added, while it is taken back and afterwards. */
  takenOut: z.int().nonnegative(),
  /** Those that somebody has changed since, known once it was taken back. */
  kept: z.int().nonnegative(),
});
export type ImportView = z.infer<typeof importViewSchema>;

const notFound = { CONTACT_NOT_FOUND: { status: 404 } } as const;
const importErrors = { IMPORT_NOT_FOUND: { status: 404 }, IMPORT_NOT_READY: { status: 409 } } as const;
const byId = z.object({ contactId: contactIdSchema });
const byImport = z.object({ importId: importIdSchema });

export const contactsContract = {
  /** Names, numbers, tags and groups, as one types. POST, since what is typed is somebody's name. Favourites first, then by name. */
  search: oc
    .route({ method: 'POST', path: '/contacts/search' })
    .input(z.object({ text: z.string().max(120).default(''), groupId: groupIdSchema.optional(), onlyFavourites: z.boolean().default(false), limit: z.int().min(1).max(200).default(50), offset: z.int().nonnegative().default(0) }))
    .output(z.object({ contacts: z.array(contactViewSchema), total: z.int().nonnegative() })),
  read: oc.route({ method: 'GET', path: '/contacts/{contactId}' }).errors(notFound).input(byId).output(contactViewSchema),
  add: oc.route({ method: 'POST', path: '/contacts' }).errors({ KEPT_FROM_YOURSELF: { status: 422 } }).input(z.object({ details: contactDetailsSchema })).output(contactViewSchema),
  change: oc
    .route({ method: 'PUT', path: '/contacts/{contactId}' })
    .errors({ ...notFound, CHANGED_MEANWHILE: { status: 409, data: contactViewSchema }, KEPT_FROM_YOURSELF: { status: 422 } })
    .input(byId.extend({ version: z.int().positive(), details: contactDetailsSchema }))
    .output(contactViewSchema),
  remove: oc.route({ method: 'POST', path: '/contacts/{contactId}/removed' }).errors(notFound).input(byId).output(z.object({})),
  restore: oc.route({ method: 'POST', path: '/contacts/{contactId}/restored' }).errors(notFound).input(byId).output(contactViewSchema),
  setFavourite: oc.route({ method: 'PUT', path: '/contacts/{contactId}/favourite' }).errors(notFound).input(byId.extend({ isFavourite: z.boolean() })).output(contactViewSchema),
  /** Newest first; its calls are the log's (calls.listOfContact). */
  listChanges: oc.route({ method: 'GET', path: '/contacts/{contactId}/changes' }).errors(notFound).input(byId).output(z.array(contactChangeSchema)),
  /** Those a number belongs to: a hint about who calls, never proof. */
  findByNumber: oc.route({ method: 'POST', path: '/contacts/by-number' }).input(z.object({ number: e164Schema })).output(z.array(contactViewSchema)),
  groups: {
    list: oc.route({ method: 'GET', path: '/contact-groups' }).output(z.array(groupViewSchema)),
    add: oc.route({ method: 'POST', path: '/contact-groups' }).input(z.object({ name: z.string().trim().min(1).max(60) })).output(groupViewSchema),
    remove: oc.route({ method: 'POST', path: '/contact-groups/{groupId}/removed' }).errors({ GROUP_NOT_FOUND: { status: 404 } }).input(z.object({ groupId: groupIdSchema })).output(z.object({})),
    /** With everybody who was in it. */
    restore: oc.route({ method: 'POST', path: '/contact-groups/{groupId}/restored' }).errors({ GROUP_NOT_FOUND: { status: 404 } }).input(z.object({ groupId: groupIdSchema })).output(z.object({})),
  },
  duplicates: {
    /** Sets of contacts that look like one person, surest first. */
    list: oc.route({ method: 'GET', path: '/contact-duplicates' }).output(z.array(z.object({ contacts: z.array(contactViewSchema), because: z.array(z.enum(['same-number', 'same-name', 'same-birth-date', 'same-email', 'same-record-number'])) }))),
    /** Keeps one with the details given, removes the others; their calls become its own. */
    merge: oc
      .route({ method: 'POST', path: '/contact-duplicates/merged' })
      .errors({ ...notFound, CHANGED_MEANWHILE: { status: 409 } })
      .input(z.object({ keep: z.object({ id: contactIdSchema, version: z.int().positive() }), remove: z.array(z.object({ id: contactIdSchema, version: z.int().positive() })).min(1).max(9), details: contactDetailsSchema.optional() }))
      .output(contactViewSchema),
    /** Says of contacts that look like one person that each is somebody else, or takes that back. The list keeps to it. */
    setApart: oc.route({ method: 'PUT', path: '/contact-duplicates/apart' }).errors(notFound).input(z.object({ contactIds: z.array(contactIdSchema).min(2).max(10), isApart: z.boolean() })).output(z.object({})),
  },
  imports: {
    create: oc.route({ method: 'POST', path: '/contact-imports' }).input(z.object({ kind: z.enum(['csv', 'vcard']) })).output(importViewSchema),
    /** Up to 45,000 bytes at an offset, base64; sent twice, it is kept once. */
    upload: oc.route({ method: 'PUT', path: '/contact-imports/{importId}/bytes' }).errors(importErrors).input(byImport.extend({ offset: z.int().nonnegative(), bytes: z.string().max(60_000) })).output(importViewSchema),
    finishUpload: oc.route({ method: 'POST', path: '/contact-imports/{importId}/uploaded' }).errors(importErrors).input(byImport).output(importViewSchema),
    /** `mapping` says for each column what it is, in the columns' order; ignored for vCards. */
    start: oc.route({ method: 'POST', path: '/contact-imports/{importId}/started' }).errors(importErrors).input(byImport.extend({ mapping: z.array(importFieldSchema.nullable()).max(200) })).output(importViewSchema),
    read: oc.route({ method: 'GET', path: '/contact-imports/{importId}' }).errors(importErrors).input(byImport).output(importViewSchema),
    /** The practice's, newest first, 20 at most. */
    list: oc.route({ method: 'GET', path: '/contact-imports' }).output(z.array(importViewSchema)),
    /** By row: the first is 1, below the header. */
    listProblems: oc
      .route({ method: 'GET', path: '/contact-imports/{importId}/problems' })
      .errors(importErrors)
      .input(byImport)
      .output(z.array(z.object({ row: z.int().positive(), field: importFieldSchema.nullable(), problem: importProblemSchema }))),
    /** Begins to remove what it added, but for contacts that somebody has changed since; `read` tells how far it is. Of one that has added nothing yet: forgets its file. */
    undo: oc.route({ method: 'POST', path: '/contact-imports/{importId}/undone' }).errors(importErrors).input(byImport).output(importViewSchema),
  },
  export: oc.route({ method: 'POST', path: '/contacts/export' }).input(z.object({ format: z.enum(['csv', 'vcard']) })).output(z.file()),
};
