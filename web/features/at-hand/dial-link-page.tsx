/** Where a telephone link arrives: its number goes onto the keypad, where one sees what the patient will see before one calls. Nothing is dialled by a link. */
import { useState } from 'react';
import { words } from '../../messages/messages.ts';
import { useFragment } from '../../router/address.ts';
import { Link } from '../../router/link.tsx';
import { FullPageMessage } from '../../ui/full-page-message.tsx';
import { LeadOn } from '../../ui/lead-on.tsx';
import { setKeypad } from '../calls/keypad-store.ts';
import { wholeNumber } from '../calls/number-typing-policy.ts';
import { numberOfFragment } from './tel-link-policy.ts';

/** By its fragment: another link put into the same tab loads nothing anew. */
export function DialLinkPage() {
  const fragment = useFragment();
  return <DialLink key={fragment} fragment={fragment} />;
}

function DialLink({ fragment }: { readonly fragment: string }) {
  const [number] = useState(() => {
    const found = numberOfFragment(fragment);
    if (found !== null) setKeypad({ number: wholeNumber(found), isRaised: true });
    return found;
  });
  // Replaced, so that no way back leads to an address with a number in it.
  if (number !== null) return <LeadOn to="/" />;
  return (
    <FullPageMessage title={words.telLinks.noNumberTitle} text={words.telLinks.noNumberText}>
      <Link to="/" replace className="btn primary big">
        {words.notFound.next}
      </Link>
    </FullPageMessage>
  );
}
