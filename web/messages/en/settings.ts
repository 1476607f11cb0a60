/** The sentences of Settings' frame, in English. */
export const enSettings = {
  title: 'Settings',
  /** Also the last word of the tab's title. */
  sections: {
    me: 'Me',
    sound: 'Sound',
    practice: 'Practice',
    plan: 'Plan',
    lines: 'Lines',
    messages: 'Messages',
    answering: 'Answering',
    members: 'Members',
    data: 'Data',
    audit: 'Audit',
    practices: 'Practices',
    signalling: 'Signalling',
  },
  /** What one finds there. */
  holds: {
    me: 'How you sign in, and where',
    sound: 'Your microphone, and what your network lets through',
    practice: 'Its name, country and time zone',
    plan: 'Whom one may call, how often, for how much',
    lines: 'The numbers that patients may see',
    messages: 'What you leave in mailboxes',
    answering: 'What callers and those on hold hear',
    members: 'Who may sign in, and do what',
    data: 'What is kept, where, and how long',
    audit: 'Who did what, and when',
    practices: 'All of this installation, for its operator',
    signalling: 'Why a call to a carrier fails',
  },
  notYours: 'This section is not there, or is for practice admins only.',
} as const;
