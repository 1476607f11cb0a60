/** The keys of a live call: each with Alt, each for a control that is on the stage. What they do stands in call-presence.tsx. */
import { words } from '../../messages/messages.ts';

export const callKeys = (): readonly { readonly letter: string; readonly label: string }[] => [
  { letter: 'M', label: words.call.mute },
  { letter: 'K', label: words.call.keypad },
  { letter: 'A', label: words.call.audio },
  { letter: 'N', label: words.notes.control },
  { letter: 'H', label: words.call.hold },
  { letter: 'V', label: words.ownPhone.move },
  { letter: 'P', label: words.callParties.control },
  { letter: 'L', label: words.spokenMessages.control },
];
