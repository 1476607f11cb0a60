/** What Quietline may be to this device: an app of its own, and what opens when a telephone number is pressed elsewhere. */
import { Check, MonitorDown, Phone } from 'lucide-react';
import { useState } from 'react';
import { words } from '../../messages/messages.ts';
import styles from './device-card.module.css';
import { install, useInstalling } from './installing.ts';
import { canTakeTelLinks, hasAskedForTelLinks, leaveTelLinks, takeTelLinks } from './tel-links.ts';

export function ThisDevice() {
  return (
    <>
      <Install />
      <TelLinks />
    </>
  );
}

function Install() {
  const { state } = useInstalling();
  return (
    <section className={`card ${styles['card']}`} aria-label={words.installing.title}>
      <h2>{words.installing.title}</h2>
      <p>{words.installing.text}</p>
      {state === 'installed' ? (
        <p className={styles['state']}>
          <Check className="small" />
          {words.installing.installed}
        </p>
      ) : state === 'offered' ? (
        <button type="button" className="btn" onClick={() => void install()}>
          <MonitorDown />
          {words.installing.install}
        </button>
      ) : (
        <p>{words.installing.byHand}</p>
      )}
    </section>
  );
}

function TelLinks() {
  const [hasAsked, setAsked] = useState(hasAskedForTelLinks);
  const [hasFailed, setFailed] = useState(false);
  const change = (isWanted: boolean): void => {
    const isDone = isWanted ? takeTelLinks() : leaveTelLinks();
    setFailed(!isDone);
    setAsked(hasAskedForTelLinks());
  };
  return (
    <section className={`card ${styles['card']}`} aria-label={words.telLinks.title}>
      <h2>{words.telLinks.title}</h2>
      <p>{words.telLinks.text}</p>
      {canTakeTelLinks() ? (
        <>
          <p className={styles['state']} role="status">
            {hasAsked ? words.telLinks.asked : words.telLinks.notAsked}
          </p>
          <button type="button" className="btn" onClick={() => change(!hasAsked)}>
            <Phone />
            {hasAsked ? words.telLinks.turnOff : words.telLinks.turnOn}
          </button>
          {hasAsked ? (
            <p>
              <a href="tel:+14805550167">{words.telLinks.tryIt}</a>. {words.telLinks.tryText}
            </p>
          ) : null}
        </>
      ) : (
        <p>{words.telLinks.cannot}</p>
      )}
      <p role="alert">{hasFailed ? words.telLinks.failed : null}</p>
    </section>
  );
}
