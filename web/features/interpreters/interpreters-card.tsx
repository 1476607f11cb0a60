/** The interpreter services of the practice, for its admins: listed, added, changed, removed. A part of Settings, Practice. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { InterpreterServiceView } from '#contract/interpreters.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { usePhoneNumbers } from '../calls/use-phone-numbers.tsx';
import { languageName } from '../contacts/fact-words.ts';
import { interpretersChanged, interpretersQuery } from './interpreter-queries.ts';
import styles from './interpreters-card.module.css';
import { ServiceForm } from './service-form.tsx';

export function InterpretersCard() {
  const services = useQuery(interpretersQuery);
  const { formatOpenly } = usePhoneNumbers();
  const [open, setOpen] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const text = words.callParties.section;
  const done = (sentence: string): void => {
    setOpen(null);
    setSaid(sentence);
    void interpretersChanged();
  };
  const remove = async ({ id, name }: InterpreterServiceView): Promise<void> => {
    try {
      await api.interpreters.remove({ serviceId: id });
      done(text.removed(name));
    } catch {
      setSaid(words.you.failed);
    }
  };
  return (
    <section className={`card ${styles['card']}`} aria-label={text.title}>
      <h2>{text.title}</h2>
      <p>{text.text}</p>
      {services.isPending ? <p>{words.loading(text.title)}</p> : null}
      {services.isError ? <p role="alert">{text.notLoaded}</p> : null}
      {services.data?.length === 0 ? <p>{text.empty}</p> : null}
      <ul className={styles['list']}>
        {services.data?.map((service) => (
          <li key={service.id} aria-label={service.name}>
            {open === service.id ? (
              <ServiceForm service={service} onDone={done} onCancel={() => setOpen(null)} />
            ) : (
              <>
                <span className={styles['what']}>
                  <b>{service.name}</b>
                  <small className="nowrap">{formatOpenly(service.number)}</small>
                  <small>
                    {service.languages.length === 0 ? text.anyLanguage : new Intl.ListFormat(words.language, { type: 'conjunction' }).format(service.languages.map(languageName))}
                    {service.hasCode ? `. ${text.hasCode}` : ''}
                  </small>
                </span>
                <button type="button" className="btn quiet" aria-label={text.changeWhich(service.name)} onClick={() => setOpen(service.id)}>
                  {text.change}
                </button>
                <button type="button" className="btn quiet" aria-label={text.removeWhich(service.name)} onClick={() => void remove(service)}>
                  {text.remove}
                </button>
              </>
            )}
          </li>
        ))}
      </ul>
      {open === 'new' ? (
        <ServiceForm service={null} onDone={done} onCancel={() => setOpen(null)} />
      ) : (
        <button type="button" className="btn" onClick={() => setOpen('new')}>
          {text.add}
        </button>
      )}
      <p role="status">{said}</p>
    </section>
  );
}
