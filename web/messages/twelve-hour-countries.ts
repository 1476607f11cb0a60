/** Where the clock on the wall is read in twelve hours: CLDR 48's first choice (supplemental/timeData) for the language that most people of the country speak. */

const TWELVE_HOURS = new Set(
  (
    'AE AG AL AR AS AU BB BD BH BM BN BO BQ BS BT CA CC CL CO CR CU CW CY DJ DM DO DZ EC EG EH ER ET FJ FM GD GH GM GR GT GU ' +
    'GY HK HM HN HT IN IQ JM JO KH KI KN KP KR KW KY LB LC LR LS LY MH MO MP MR MV MW MX MY NA NH NI NZ OM PA PE PG PH PK PR ' +
    'PS PW PY QA SA SB SD SG SL SO SS SV SY SZ TC TD TK TN TO TT TV TW UM US UY VC VE VG VI VU WS YE ZM'
  ).split(' '),
);

/**
 * ISO 3166-1 alpha-2; one that stands for no country reads twenty-four. A table, and not a question to Intl: to be told a country's language and its
 * hours had the browser open its own tables, a sixth of the script's time before home was drawn.
 */
export const readsTwelveHours = (country: string): boolean => TWELVE_HOURS.has(country);
