/** The dials that were refused: whose, when, by which rule; filtered and paged. The number was not kept. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { dialRefusalReasonSchema } from '#contract/plan.ts';
import { words } from '../../messages/all-words.ts';
import { membersQuery } from '../members/members-queries.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import { type RefusalFilter, refusalsQuery } from './plan-queries.ts';
import styles from './plan-section.module.css';

export function Refusals() {
  const formats = useFormats();
  const members = useQuery(membersQuery);
  const [filter, setFilter] = useState<RefusalFilter>({ memberId: null, reason: null });
  const refusals = useInfiniteQuery(refusalsQuery(filter));
  const rows = (refusals.data?.pages ?? []).flat();
  const nameOf = (memberId: string): string => members.data?.find(({ id }) => id === memberId)?.name ?? words.plan.somebody;
  return (
    <section aria-label={words.plan.refusalsTitle}>
      <h2>{words.plan.refusalsTitle}</h2>
      <p className={styles['lead']}>{words.plan.refusalsText}</p>
      <div className={styles['row']}>
        <select aria-label={words.plan.filterMember} value={filter.memberId ?? ''} onChange={(event) => setFilter({ ...filter, memberId: members.data?.find(({ id }) => id === event.target.value)?.id ?? null })}>
          <option value="">{words.plan.everyone}</option>
          {(members.data ?? []).map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
        <select aria-label={words.plan.filterReason} value={filter.reason ?? ''} onChange={(event) => setFilter({ ...filter, reason: dialRefusalReasonSchema.safeParse(event.target.value).data ?? null })}>
          <option value="">{words.plan.everyReason}</option>
          {dialRefusalReasonSchema.options.map((reason) => (
            <option key={reason} value={reason}>
              {words.plan.reasons[reason]}
            </option>
          ))}
        </select>
      </div>
      {refusals.isPending ? <p className={styles['wait']}>{words.loading(words.plan.refusalsTitle)}</p> : null}
      {refusals.isError ? (
        <p role="alert" className={styles['trouble']}>
          {words.you.failed}
        </p>
      ) : null}
      {refusals.isSuccess && rows.length === 0 ? <p className={styles['wait']}>{words.plan.noRefusals}</p> : null}
      {rows.length === 0 ? null : (
        <ul className={`card ${styles['refusals']}`}>
          {rows.map(({ id, at, memberId, reason, country }) => {
            const known = dialRefusalReasonSchema.safeParse(reason).data;
            return (
              <li key={id}>
                <time dateTime={at}>{formats.dayAndTime(at)}</time>
                <b>{nameOf(memberId)}</b>
                <span>{[known === undefined ? reason : words.plan.reasons[known], country === null ? '' : (formats.country(country) ?? country)].filter((part) => part !== '').join(', ')}</span>
              </li>
            );
          })}
        </ul>
      )}
      {refusals.hasNextPage ? (
        <button type="button" className="btn" disabled={refusals.isFetchingNextPage} onClick={() => void refusals.fetchNextPage()}>
          {words.plan.olderRefusals}
        </button>
      ) : null}
    </section>
  );
}
