/** The routes of contacts, their groups, duplicates, imports and exports. Turns refusals into the contract's errors; decides nothing. */
import type { ContactView, ImportView } from '#contract/contacts.ts';
import type { Result } from '#contract/result.ts';
import { api, maySeeContact, readerOf, type MemberGuard } from '../members/index.ts';
import { exportCsv, exportVCards } from './contact-export-policy.ts';
import type { ContactImports, ImportRefusal } from './contact-imports.ts';
import type { ContactRefusal, Contacts } from './contacts.ts';
import { fileInTurns } from './in-turns.ts';

export function createContactRoutes({ contacts, imports, guard }: { contacts: Contacts; imports: ContactImports; guard: MemberGuard }) {
  const os = api.contacts;
  return {
    contacts: {
      search: os.search.use(guard).handler(({ input, context }) => contacts.search(readerOf(context.session), input)),
      read: os.read.use(guard).handler(async ({ input, context, errors }) => found(await contacts.read(readerOf(context.session), input.contactId), errors)),
      add: os.add.use(guard).handler(async ({ input, context, errors }) => {
        const reader = readerOf(context.session);
        if (!maySeeContact(reader, input.details.keptTo)) throw errors.KEPT_FROM_YOURSELF();
        return contacts.add(reader, input.details);
      }),
      change: os.change.use(guard).handler(async ({ input, context, errors }) => {
        const reader = readerOf(context.session);
        const changed = await contacts.change(reader, { id: input.contactId, version: input.version }, input.details);
        if (!changed.ok && changed.refusal === 'changed-meanwhile') throw errors.CHANGED_MEANWHILE({ data: found(await contacts.read(reader, input.contactId), errors) });
        if (!changed.ok && changed.refusal === 'kept-from-yourself') throw errors.KEPT_FROM_YOURSELF();
        return found(changed, errors);
      }),
      remove: os.remove.use(guard).handler(async ({ input, context, errors }) => {
        found(await contacts.remove(readerOf(context.session), input.contactId), errors);
        return {};
      }),
      restore: os.restore.use(guard).handler(async ({ input, context, errors }) => found(await contacts.restore(readerOf(context.session), input.contactId), errors)),
      setFavourite: os.setFavourite.use(guard).handler(async ({ input, context, errors }) => found(await contacts.setFavourite(readerOf(context.session), input.contactId, input.isFavourite), errors)),
      listChanges: os.listChanges.use(guard).handler(async ({ input, context, errors }) => found(await contacts.listChanges(readerOf(context.session), input.contactId), errors)),
      findByNumber: os.findByNumber.use(guard).handler(({ input, context }) => contacts.findByNumber(readerOf(context.session), input.number)),
      groups: {
        list: os.groups.list.use(guard).handler(({ context }) => contacts.listGroups(readerOf(context.session))),
        add: os.groups.add.use(guard).handler(({ input, context }) => contacts.addGroup(readerOf(context.session), input.name)),
        remove: os.groups.remove.use(guard).handler(async ({ input, context, errors }) => {
          if (!(await contacts.removeGroup(readerOf(context.session), input.groupId))) throw errors.GROUP_NOT_FOUND();
          return {};
        }),
        restore: os.groups.restore.use(guard).handler(async ({ input, context, errors }) => {
          if (!(await contacts.restoreGroup(readerOf(context.session), input.groupId))) throw errors.GROUP_NOT_FOUND();
          return {};
        }),
      },
      duplicates: {
        list: os.duplicates.list.use(guard).handler(({ context }) => contacts.listDuplicates(readerOf(context.session))),
        merge: os.duplicates.merge.use(guard).handler(async ({ input, context, errors }) => {
          const merged: Result<ContactView, ContactRefusal> = await contacts.merge(readerOf(context.session), input.keep, input.remove, input.details);
          if (!merged.ok && merged.refusal === 'changed-meanwhile') throw errors.CHANGED_MEANWHILE();
          return found(merged, errors);
        }),
        setApart: os.duplicates.setApart.use(guard).handler(async ({ input, context, errors }) => {
          found(await contacts.setApart(readerOf(context.session), input.contactIds, input.isApart), errors);
          return {};
        }),
      },
      imports: {
        create: os.imports.create.use(guard).handler(({ input, context }) => imports.create(readerOf(context.session), input.kind)),
        upload: os.imports.upload.use(guard).handler(async ({ input, context, errors }) => imported(await imports.upload(readerOf(context.session), input.importId, input.offset, Buffer.from(input.bytes, 'base64')), errors)),
        finishUpload: os.imports.finishUpload.use(guard).handler(async ({ input, context, errors }) => imported(await imports.finishUpload(readerOf(context.session), input.importId), errors)),
        start: os.imports.start.use(guard).handler(async ({ input, context, errors }) => imported<ImportView>(await imports.start(readerOf(context.session), input.importId, input.mapping), errors)),
        read: os.imports.read.use(guard).handler(async ({ input, context, errors }) => imported(await imports.read(readerOf(context.session), input.importId), errors)),
        list: os.imports.list.use(guard).handler(({ context }) => imports.list(readerOf(context.session))),
        listProblems: os.imports.listProblems.use(guard).handler(async ({ input, context, errors }) => imported(await imports.listProblems(readerOf(context.session), input.importId), errors)),
        undo: os.imports.undo.use(guard).handler(async ({ input, context, errors }) => imported(await imports.undo(readerOf(context.session), input.importId), errors)),
      },
      export: os.export.use(guard).handler(async ({ input, context }) => {
        const all = await contacts.listAll(readerOf(context.session));
        return input.format === 'csv' ? fileInTurns('contacts.csv', 'text/csv', exportCsv(all)) : fileInTurns('contacts.vcf', 'text/vcard', exportVCards(all));
      }),
    },
  };
}

function found<Value>(result: Result<Value, ContactRefusal>, errors: { readonly CONTACT_NOT_FOUND: () => Error }): Value {
  if (result.ok) return result.value;
  throw errors.CONTACT_NOT_FOUND();
}

function imported<Value>(result: Result<Value, ImportRefusal>, errors: { readonly IMPORT_NOT_FOUND: () => Error; readonly IMPORT_NOT_READY: () => Error }): Value {
  if (result.ok) return result.value;
  throw result.refusal === 'import-not-found' ? errors.IMPORT_NOT_FOUND() : errors.IMPORT_NOT_READY();
}
