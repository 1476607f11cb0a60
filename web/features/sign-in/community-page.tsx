/** Where the community's sign-in sends the browser back to: hands its answer to the server, once, and takes it out of the address. */
import { useEffect, useRef, useState } from 'react';
import { api, isRefusal } from '../../api/api-client.ts';
import { words } from '../../messages/messages.ts';
import { useTitle } from '../../ui/use-title.ts';
import { Door } from './door.tsx';
import { enterCalls } from './enter.ts';
import styles from './sign-in-form.module.css';
import { SignInWays } from './sign-in-ways.tsx';

function takeAnswer(): Record<string, string> {
  const answer = Object.fromEntries(new URLSearchParams(location.search));
  history.replaceState(history.state, '', location.pathname);
  return answer;
}

export function CommunityPage() {
  useTitle(words.pages.title(words.pages.signIn));
  const [answer] = useState(takeAnswer);
  const [trouble, setTrouble] = useState<string | null>(null);
  const hasBegun = useRef(false);
  useEffect(() => {
    if (hasBegun.current) return;
    hasBegun.current = true;
    api.community.finish({ answer }).then(enterCalls, (error: unknown) =>
      setTrouble(isRefusal(error, 'NOT_A_MEMBER') ? words.signIn.notAMember : isRefusal(error, 'COMMUNITY_REFUSED') ? words.signIn.communityRefused : words.signIn.troubles[isRefusal(error, 'TOO_MANY_REQUESTS') ? 'too-many' : 'community-away']),
    );
  }, [answer]);
  return (
    <Door>
      <h1>{trouble === null ? words.signIn.communityOpening : words.signIn.title}</h1>
      <p className={styles['lead']} role="alert">
        {trouble}
      </p>
      {trouble === null ? null : <SignInWays />}
    </Door>
  );
}
