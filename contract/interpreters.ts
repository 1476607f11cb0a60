/** Where a practice gets interpreters from, by telephone: its services, as an admin sets them up and everyone dials them. */
import { oc } from '@orpc/contract';
import * as z from 'zod';
import { e164Schema, interpreterServiceIdSchema } from './ids.ts';

export const mostInterpreterServices = 30;

/** BCP 47; what is looked at is its first part: a speaker of "es-MX" is helped by "es". */
export const languageTagSchema = z.string().max(35).regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/);

/** Pressed once the service has answered; a comma waits two seconds, as on every telephone. */
export const interpreterCodeSchema = z.string().regex(/^[0-9*#,]{1,40}$/);

const serviceSchema = z.object({
  name: z.string().trim().min(1).max(60),
  /** Empty: any language, by asking. */
  languages: z.array(languageTagSchema).max(40),
});

export const interpreterServiceViewSchema = serviceSchema.extend({
  id: interpreterServiceIdSchema,
  number: e164Schema,
  /** What it is, nobody reads again. */
  hasCode: z.boolean(),
});
export type InterpreterServiceView = z.infer<typeof interpreterServiceViewSchema>;

/** `number` as it was typed, a practice's own country's. */
const wordsSchema = serviceSchema.extend({ number: z.string().min(1).max(128) });
const NUMBER_NOT_ALLOWED = { status: 422 } as const;
const SERVICE_NOT_FOUND = { status: 404 } as const;

export const interpretersContract = {
  list: oc.route({ method: 'GET', path: '/interpreters' }).output(z.array(interpreterServiceViewSchema)),
  /** For admins, as all that changes them. */
  add: oc
    .route({ method: 'POST', path: '/interpreters' })
    .errors({ NUMBER_NOT_ALLOWED, TOO_MANY_SERVICES: { status: 409 } })
    .input(wordsSchema.extend({ code: interpreterCodeSchema.nullable() }))
    .output(interpreterServiceViewSchema),
  /** Without `code` it stays as it is; null takes it away. */
  change: oc
    .route({ method: 'PUT', path: '/interpreters/{serviceId}' })
    .errors({ NUMBER_NOT_ALLOWED, SERVICE_NOT_FOUND })
    .input(wordsSchema.extend({ serviceId: interpreterServiceIdSchema, code: interpreterCodeSchema.nullable().optional() }))
    .output(interpreterServiceViewSchema),
  remove: oc.route({ method: 'DELETE', path: '/interpreters/{serviceId}' }).errors({ SERVICE_NOT_FOUND }).input(z.object({ serviceId: interpreterServiceIdSchema })).output(z.object({})),
};
