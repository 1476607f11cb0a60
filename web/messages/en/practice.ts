/** The sentences of the practice's screen in English. Part of the tree in en.ts. */
export const enPractice = {
  title: 'Practice',
  text: 'How your practice is named, and where it is. Each change stands in the audit.',
  name: 'Name',
  nameMissing: 'A practice has a name.',
  country: 'Country',
  countryHelp: 'How numbers are read and written, and what is a call at home, wherever a member sits.',
  countryUnknown: 'Telephone numbers of this country are not known here.',
  timeZone: 'Time zone',
  zoneUnknown: 'There is no such time zone. Choose one of the list, such as America/Chicago.',
  save: 'Save the practice',
  saved: 'Saved.',
  callsTitle: 'Where calls go',
  sandbox: 'To the sandbox: practice patients on this machine, and to no real phone. It leaves the sandbox when whoever runs Quietline here connects a trunk; then it proves lines of its own.',
  trunk: 'To the telephone network, by the trunk that whoever runs Quietline here has connected.',
} as const;
