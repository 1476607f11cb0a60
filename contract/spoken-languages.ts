/** The languages that patients are asked for by name, BCP 47: the spoken ones most met in practices. Another, written as its code, is kept too. */
export const spokenLanguages = [
  'en', 'es', 'fr', 'zh', 'yue', 'ar', 'am', 'bn', 'bs', 'de', 'el', 'fa', 'fil', 'gu', 'he', 'hi', 'hmn', 'ht', 'hu', 'hy', 'id', 'it', 'ja', 'km', 'ko', 'ku', 'lo', 'ml', 'mr', 'my', 'ne', 'nl', 'om', 'pa', 'pl', 'ps', 'pt', 'ro', 'ru', 'rw', 'so', 'sq', 'sr', 'sv', 'sw', 'ta', 'te', 'th', 'ti', 'tr', 'uk', 'ur', 'vi', 'yo',
] as const;
