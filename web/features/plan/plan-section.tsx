/** The plan in sentences: what is free, what is allowed, what is refused; with a box to try a number. Members read it, admins set it. */
import { useQuery } from '@tanstack/react-query';
import { Info } from 'lucide-react';
import { words } from '../../messages/all-words.ts';
import { SectionPage } from '../../ui/section-page.tsx';
import { useFormats } from '../sign-in/use-formats.ts';
import { useSession } from '../sign-in/use-session.ts';
import { Breaker } from './breaker.tsx';
import { Destinations } from './destinations.tsx';
import { LimitsForm } from './limits-form.tsx';
import { moneyOf } from './money.ts';
import { planQuery } from './plan-queries.ts';
import styles from './plan-section.module.css';
import { RateImport } from './rate-import.tsx';
import { Refusals } from './refusals.tsx';
import { TryNumber } from './try-number.tsx';

export function PlanSection() {
  const { practice, roles } = useSession();
  const formats = useFormats();
  const isAdmin = roles.includes('practice-admin');
  const { data: plan, isError, isPending } = useQuery(planQuery);
  const home = formats.country(practice.country) ?? practice.country;
  if (plan === undefined)
    return (
      <SectionPage title={words.plan.title} lead={words.plan.text}>
        {isPending ? <p className={styles['wait']}>{words.loading(words.plan.title)}</p> : null}
        {isError ? (
          <p role="alert" className={styles['trouble']}>
            {words.you.failed}
          </p>
        ) : null}
      </SectionPage>
    );
  const { limits, breaker } = plan;
  const money = moneyOf(limits.currency, practice.country);
  const monthly = limits.spendPerMonthMicros;
  return (
    <SectionPage title={words.plan.title} lead={words.plan.text}>
      <Breaker plan={plan} isAdmin={isAdmin} money={money} />
      <dl className={`card ${styles['facts']}`}>
        <div>
          <dt>{words.plan.atHome}</dt>
          <dd>{words.plan.unlimited}</dd>
          <dd>{words.plan.noCharge(home)}</dd>
        </div>
        <div>
          <dt>{words.plan.abroad}</dt>
          <dd>{monthly === null ? money(breaker.countedThisMonthMicros) : words.plan.spentOf(money(breaker.countedThisMonthMicros), money(monthly))}</dd>
          <dd>{monthly === null ? words.plan.noSpendLimit : words.plan.stopsAt(money(monthly), money(Math.round(monthly * 0.8)))}</dd>
        </div>
        <div>
          <dt>{words.plan.atMost}</dt>
          <dd>{words.plan.callsAnHour(limits.dialsPerHour)}</dd>
          <dd>{words.plan.aMember(limits.callsAtOnce, limits.dialsPerDay)}</dd>
        </div>
      </dl>
      <TryNumber money={money} />
      <Destinations plan={plan} home={home} isAdmin={isAdmin} money={money} />
      <p className={styles['say']}>
        <Info className="small" />
        {words.plan.startsNotAllowed}
      </p>
      {isAdmin ? (
        <>
          <LimitsForm limits={limits} />
          <RateImport rateCount={plan.rateCount} money={money} />
          <Refusals />
        </>
      ) : null}
    </SectionPage>
  );
}
