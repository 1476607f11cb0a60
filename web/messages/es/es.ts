/** The sentences in Spanish of sign-in, home and calls, of the shape that English has: usted, no exclamation marks, words before signs. */
import type { FirstMessages } from '../messages.ts';
import { esAtHand } from './at-hand.ts';
import { esCallLog } from './call-log.ts';
import { esCallEnds } from './call-ends.ts';
import { esDialling } from './dialling.ts';
import { esLiveCall } from './live-call.ts';
import { esNotes } from './notes.ts';
import { esSettings } from './settings.ts';
import { esShell } from './shell.ts';
import { esSignIn } from './sign-in.ts';
import { esOwnPhone } from './own-phone.ts';
import { esVoicemail } from './voicemail.ts';
import { esNetworkCheck } from './network-check.ts';
import { esSpokenMessages } from './spoken-messages.ts';
import { esCallParties } from './call-parties.ts';

export const es: FirstMessages = {
  ...esShell,
  ...esSignIn,
  ...esDialling,
  ...esLiveCall,
  ...esCallEnds,
  ...esAtHand,
  callLog: esCallLog,
  notes: esNotes,
  settings: esSettings,
  ownPhone: esOwnPhone,
  voicemail: esVoicemail,
  networkCheck: esNetworkCheck,
  spokenMessages: esSpokenMessages,
  callParties: esCallParties,
};
