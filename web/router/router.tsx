/** Draws the screen of the address: waits for its file and, inside, for who is signed in; says what is not there and what broke. */
import { Component, type ReactNode, useEffect, useState } from 'react';
import type { SessionView } from '#contract/api.ts';
import { queryClient, sessionQuery } from '../api/queries.ts';
import { keepPage } from '../features/at-hand/installing.ts';
import { followMember } from '../messages/chosen-language.ts';
import { words } from '../messages/messages.ts';
import { FullPageMessage } from '../ui/full-page-message.tsx';
import { LeadOn } from '../ui/lead-on.tsx';
import { Waiting } from '../ui/load-states.tsx';
import { arrive, type Place, usePlace } from './address.ts';
import { Link } from './link.tsx';
import { useLoadable } from './loadable.ts';
import { type Screen, screenAt, signedInFrame } from './screens.ts';

export function Router() {
  const place = usePlace();
  const found = screenAt(place.path);
  if (found === null) return <NotFound />;
  const shown = (
    <Breaks at={place}>
      <Shown screen={found.screen} place={place} />
    </Breaks>
  );
  return <Breaks at={place}>{found.isInside ? <SignedIn>{shown}</SignedIn> : shown}</Breaks>;
}

function Shown({ screen, place }: { readonly screen: Screen; readonly place: Place }) {
  const draw = useLoadable(screen.page);
  const isThere = draw !== null;
  // After the screen's own effects: what a fragment names is there now, and was not when the browser looked for it.
  useEffect(() => {
    if (!isThere) return;
    document.getElementById(location.hash.slice(1))?.scrollIntoView();
    arrive();
    keepPage();
  }, [isThere, place]);
  return draw === null ? <OnTheWay /> : draw({});
}

/** Waiting says itself, and late: see ui/load-states.tsx. */
const OnTheWay = () => (
  <main id="main">
    <Waiting text={words.loadingPage} />
  </main>
);

/** Who is signed in when one comes in; from then on the frame itself looks after that. Null: nobody. */
function useFirstSession(): SessionView | null | 'asking' | 'no-answer' {
  const [first, setFirst] = useState<SessionView | null | 'asking' | 'no-answer'>(() => queryClient.getQueryData(sessionQuery.queryKey) ?? 'asking');
  useEffect(() => {
    let isGone = false;
    queryClient.query({ ...sessionQuery, staleTime: 'static' }).then(
      (session) => {
        if (isGone) return;
        if (session !== null) {
          followMember(session.preferences.language);
          screenAt(location.pathname)?.screen.ask?.(session);
        }
        setFirst(session);
      },
      () => {
        if (!isGone) setFirst('no-answer');
      },
    );
    return () => {
      isGone = true;
    };
  }, []);
  return first;
}

function SignedIn({ children }: { readonly children: ReactNode }) {
  const first = useFirstSession();
  const drawFrame = useLoadable(signedInFrame);
  if (first === null) return <LeadOn to="/sign-in" />;
  if (first === 'no-answer')
    return (
      <FullPageMessage title={words.serverAway.title} text={words.serverAway.text}>
        <Reload label={words.serverAway.next} />
      </FullPageMessage>
    );
  if (first === 'asking' || drawFrame === null) return <OnTheWay />;
  return drawFrame({ session: first, children });
}

function NotFound() {
  return (
    <FullPageMessage title={words.notFound.title} text={words.notFound.text}>
      <Link to="/" className="btn primary big">
        {words.notFound.next}
      </Link>
    </FullPageMessage>
  );
}

const Reload = ({ label }: { readonly label: string }) => (
  <button type="button" className="btn primary big" onClick={() => location.reload()}>
    {label}
  </button>
);

interface BreaksProps {
  readonly at: Place;
  readonly children: ReactNode;
}

interface BreaksState {
  readonly at: Place | null;
  readonly isBroken: boolean;
}

/** Each screen breaks for itself: the frame around it, and a call's sound with it, goes on; the next step draws anew. A class, since nothing else catches what drawing throws. */
class Breaks extends Component<BreaksProps, BreaksState> {
  override state: BreaksState = { at: null, isBroken: false };

  static getDerivedStateFromProps({ at }: BreaksProps, state: BreaksState): BreaksState | null {
    return at === state.at ? null : { at, isBroken: false };
  }

  static getDerivedStateFromError(): Partial<BreaksState> {
    return { isBroken: true };
  }

  override render(): ReactNode {
    if (!this.state.isBroken) return this.props.children;
    return (
      <FullPageMessage title={words.crash.title} text={words.crash.text}>
        <Reload label={words.crash.next} />
      </FullPageMessage>
    );
  }
}
