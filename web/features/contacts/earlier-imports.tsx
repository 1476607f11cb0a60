/** The practice's imports so far: one under way is looked at again after a reload, one that is done is taken back later than at once. */
import { useQuery } from '@tanstack/react-query';
import type { ImportView } from '#contract/contacts.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { LoadFailed } from '../../ui/load-states.tsx';
import { useMemberNames } from '../members/use-member-names.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import styles from './contact-import.module.css';

const isToBeSeen = ({ state }: ImportView): boolean => state === 'mapping' || state === 'running' || state === 'done' || state === 'undoing';

export function EarlierImports({ onLook }: { readonly onLook: (view: ImportView) => void }) {
  const text = words.contacts.importer;
  const formats = useFormats();
  const nameOf = useMemberNames();
  const read = useQuery({ queryKey: ['contacts', 'imports'], queryFn: () => api.contacts.imports.list() });
  if (read.isError) return <LoadFailed text={text.listFailed} onRetry={read.refetch} />;
  const all = (read.data ?? []).filter(({ state }) => state !== 'uploading');
  if (all.length === 0) return null;
  return (
    <section className={styles['earlier']} aria-label={text.earlier}>
      <h3>{text.earlier}</h3>
      <ul>
        {all.map((view) => {
          const when = formats.dateAndTime(view.begunAt);
          return (
            <li key={view.id}>
              <span>
                <b>{when}</b>
                <small>
                  {nameOf(view.by)} · {view.state === 'done' ? text.done(view.added, formats.number(view.added)) : text.states[view.state]}
                </small>
              </span>
              {isToBeSeen(view) ? (
                <button type="button" className="btn compact" aria-label={text.lookWhich(when)} onClick={() => onLook(view)}>
                  {text.look}
                </button>
              ) : null}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
