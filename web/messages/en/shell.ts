/** What every screen says in English: the frame, the network, what breaks. Part of the tree in en.ts. */
export const enShell = {
  language: 'en',
  product: 'Quietline',
  sandboxStrip: 'Sandbox. No real phone rings, nobody real answers.',
  skipToContent: 'Skip to content',
  mainNavigation: 'Main',
  more: 'More',
  done: 'Done',
  cancel: 'Cancel',
  copy: 'Copy',
  copied: 'Copied',
  tryAgain: 'Try again',
  loading: (what: string) => `Loading ${what}`,

  loadingPage: 'Loading',

  pages: {
    calls: 'Calls',
    contacts: 'Contacts',
    handout: 'Handout',
    linesDue: (count: number) => `${count} expiring`,
    call: 'Call',
    signIn: 'Sign in',
    title: (page: string) => `${page} · Quietline`,
  },

  network: {
    dialTitle: 'Your network dropped before it rang.',
    nobodyRung: 'Nobody was rung.',
    unsure: 'Whether it rang is not known yet; it shows here as soon as the network is back.',
    kept: 'The number is kept here.',
    trying: 'We try every 2 seconds and dial nothing until you say so.',
    back: 'The network is back.',
    callNow: 'Call now',
    stop: 'Stop',
    offline: 'No network. You see what was last known.',
    signedOut: 'You were signed out. Calls need a new sign-in.',
    takenOver: 'Quietline is open in a copy of this tab. Calls go on there.',
    useHere: 'Use it here',
    reload: 'Load the page again',
    outdated: 'This page is older than the server.',
  },

  crash: {
    title: 'This screen broke.',
    text: 'It is our fault. A call that is going on is not affected: it belongs to the server.',
    next: 'Load it again',
  },
  serverAway: {
    title: 'The server does not answer.',
    text: 'It may be starting, or your network may be down. Nothing was lost.',
    next: 'Try again',
  },
  notFound: {
    title: 'There is no such page.',
    text: 'The address may be old.',
    next: 'Open Calls',
  },
} as const;
