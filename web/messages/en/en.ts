/** The sentences in English that sign-in, home and calls say, in one typed tree; en-more.ts has the others. The one from which the shape of all languages follows; knows no state and no markup. */
import { enAtHand } from './at-hand.ts';
import { enCallLog } from './call-log.ts';
import { enCallEnds } from './call-ends.ts';
import { enDialling } from './dialling.ts';
import { enLiveCall } from './live-call.ts';
import { enNotes } from './notes.ts';
import { enSettings } from './settings.ts';
import { enShell } from './shell.ts';
import { enSignIn } from './sign-in.ts';
import { enOwnPhone } from './own-phone.ts';
import { enVoicemail } from './voicemail.ts';
import { enNetworkCheck } from './network-check.ts';
import { enSpokenMessages } from './spoken-messages.ts';
import { enCallParties } from './call-parties.ts';

export const en = {
  ...enShell,
  ...enSignIn,
  ...enDialling,
  ...enLiveCall,
  ...enCallEnds,
  ...enAtHand,
  callLog: enCallLog,
  notes: enNotes,
  settings: enSettings,
  ownPhone: enOwnPhone,
  voicemail: enVoicemail,
  networkCheck: enNetworkCheck,
  spokenMessages: enSpokenMessages,
  callParties: enCallParties,
} as const;
