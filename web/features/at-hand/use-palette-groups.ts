/** What the palette offers for a typed text: people, recent calls, what can be done now, places. People are found by the server; the rest is known here. */
import { keepPreviousData, queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Eye, EyeOff, Grip, Keyboard, LogOut, type LucideIcon, Mic, MicOff, Pause, Phone, PhoneOff, PhoneOutgoing, Play, UserRound } from 'lucide-react';
import type { CallView } from '#contract/calls.ts';
import { api } from '../../api/api-client.ts';
import { recentCallsQuery } from '../../api/queries.ts';
import { words } from '../../messages/messages.ts';
import { go } from '../../router/address.ts';
import { placesFor } from '../../ui/places.ts';
import { useEngine } from '../calls/engine-context.tsx';
import { setKeypad } from '../calls/keypad-store.ts';
import { dialableFromPaste, wholeNumber } from '../calls/number-typing-policy.ts';
import { callHere } from '../calls/page-calls.ts';
import { setPanel } from '../calls/panel-store.ts';
import { usePhoneNumbers } from '../calls/use-phone-numbers.tsx';
import { nameOf } from '../contacts/contact-queries.ts';
import { sectionsFor } from '../settings/settings-sections.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import { useSession } from '../sign-in/use-session.ts';
import { openAtHand } from './at-hand-store.ts';
import { setDiscreet } from './discreet.ts';
import { findEntries } from './palette-policy.ts';
import { type Shown, useShown } from './use-shown.ts';

export interface PaletteEntry {
  readonly key: string;
  readonly Icon: LucideIcon;
  readonly label: string;
  readonly detail: string;
  /** The keys that do the same without the palette; null where none do. */
  readonly keys: string | null;
  readonly run: () => void;
}

export interface PaletteGroup {
  readonly title: string;
  readonly entries: readonly PaletteEntry[];
}

const PEOPLE_SHOWN = 6;
const CALLS_SHOWN = 5;
/** Fewer digits are a search, not yet a number. */
const LEAST_DIGITS = 3;

/** What is typed is somebody's name: kept as long as the palette is open, and no longer. */
const peopleQuery = (text: string) =>
  queryOptions({
    queryKey: ['contacts', 'palette', text],
    enabled: text !== '',
    gcTime: 0,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.contacts.search({ text, limit: PEOPLE_SHOWN }, { signal }),
  });

export function usePaletteGroups(typed: string): { readonly groups: readonly PaletteGroup[]; readonly isSearching: boolean; readonly hasFailed: boolean } {
  const text = typed.trim();
  const shown = useShown();
  const numbers = usePhoneNumbers();
  const people = useQuery(peopleQuery(text));
  const toKeypad = useKeypadEntry(shown);
  const actions = useActions(shown);
  const places = usePlaces();
  const calls = useRecent(shown, toKeypad);

  const dialable = /^[\d\s()+.*#/-]+$/.test(text) ? dialableFromPaste(text) : '';
  const number: PaletteEntry[] =
    dialable.length < LEAST_DIGITS ? [] : [{ ...toKeypad({ number: dialable, partyName: null }), key: 'number', label: words.palette.callNumber(numbers.formatTyped(dialable)), detail: words.palette.callNumberText }];
  const found: PaletteEntry[] =
    text === ''
      ? []
      : (people.data?.contacts ?? []).flatMap(({ id, details }) => {
          const [first] = details.numbers;
          return first === undefined ? [] : [{ ...toKeypad({ number: first.number, partyName: nameOf(details) || null }), key: id, Icon: UserRound }];
        });
  const groups = [
    { title: words.palette.number, entries: number },
    { title: words.palette.people, entries: found },
    { title: words.palette.calls, entries: findEntries(calls, ({ label, detail }) => `${label} ${detail}`, text).slice(0, CALLS_SHOWN) },
    { title: words.palette.actions, entries: findEntries(actions, ({ label }) => label, text) },
    { title: words.palette.places, entries: findEntries(places, ({ label }) => label, text) },
  ].filter(({ entries }) => entries.length > 0);
  return { groups, isSearching: text !== '' && people.isFetching, hasFailed: text !== '' && people.isError && people.data === undefined };
}

/** Whom one may call goes onto the keypad, where what the patient will see stands above Call. */
function useKeypadEntry(shown: Shown) {
  const { asTyped } = usePhoneNumbers();
  return (party: { readonly number: string; readonly partyName: string | null }): PaletteEntry => ({
    key: party.number,
    Icon: Phone,
    label: shown.who(party),
    detail: party.partyName === null ? '' : shown.number(party.number),
    keys: null,
    run: () => {
      setKeypad({ number: wholeNumber(asTyped(party.number)), isRaised: true });
      void go('/').then(() => document.querySelector<HTMLInputElement>('[data-number-field] input')?.focus());
    },
  });
}

function useRecent(shown: Shown, toKeypad: (party: { readonly number: string; readonly partyName: string | null }) => PaletteEntry): PaletteEntry[] {
  const recent = useInfiniteQuery(recentCallsQuery);
  const formats = useFormats();
  const calls = (recent.data?.pages[0]?.calls ?? []) as CallView[];
  const seen = new Set<string>();
  return calls.flatMap((call) => {
    if (seen.has(call.number)) return [];
    seen.add(call.number);
    return [{ ...toKeypad(call), key: call.id, Icon: PhoneOutgoing, detail: [call.partyName === null ? '' : shown.number(call.number), formats.dayAndTime(call.startedAt)].filter((part) => part !== '').join(', ') }];
  });
}

function useActions(shown: Shown): PaletteEntry[] {
  const { calls, ask } = useEngine();
  const here = callHere(calls);
  const action = (key: string, Icon: LucideIcon, label: string, run: () => void, keys: string | null = null): PaletteEntry => ({ key, Icon, label, detail: '', keys, run });
  const canHold = here !== null && (here.state === 'talking' || here.state === 'on-hold');
  return [
    ...(here === null
      ? []
      : [
          action('mute', calls.isMuted ? Mic : MicOff, calls.isMuted ? words.call.unmute : words.call.mute, () => ask({ type: 'mute-asked', muted: !calls.isMuted }), 'Alt M'),
          ...(canHold ? [action('hold', here.state === 'on-hold' ? Play : Pause, here.state === 'on-hold' ? words.call.resume : words.call.hold, () => ask({ type: 'hold-asked', held: here.state !== 'on-hold' }), 'Alt H')] : []),
          action('keypad', Grip, words.call.keypad, () => {
            setPanel('keypad');
            void go('/call');
          }, 'Alt K'),
          action('end', PhoneOff, words.call.end, () => ask({ type: 'end-asked' })),
        ]),
    action('discreet', shown.isDiscreet ? Eye : EyeOff, shown.isDiscreet ? words.discreet.turnOff : words.discreet.turnOn, () => setDiscreet(!shown.isDiscreet)),
    action('keys', Keyboard, words.keys.title, () => openAtHand('keys'), '?'),
    // To where a note that is not sent yet would be spoken of.
    action('sign-out', LogOut, words.signIn.signOut, () => void go('/settings/me#sign-out')),
  ];
}

function usePlaces(): PaletteEntry[] {
  const { roles } = useSession();
  return [
    ...placesFor(roles).map(({ to, label, Icon }) => ({ key: to, Icon, label, detail: '', keys: null, run: () => void go(to) })),
    ...sectionsFor(roles).map(({ key, Icon }) => ({ key: `settings ${key}`, Icon, label: words.settings.sections[key], detail: words.settings.title, keys: null, run: () => void go(`/settings/${key}`) })),
  ];
}
