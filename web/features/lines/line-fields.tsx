/** What a practice says of a line: its name, where calls back go, what is pressed to reach the desk. */
import { words } from '../../messages/all-words.ts';

export interface LineDraft {
  readonly name: string;
  readonly callsBackTo: string;
  readonly extension: string;
}

/** As the server takes it: nothing typed is nothing said. */
export const draftFields = ({ name, callsBackTo, extension }: LineDraft): { name: string; callsBackTo: string | null; extension: string | null } => ({
  name: name.trim(),
  callsBackTo: callsBackTo.trim() || null,
  extension: extension.trim() || null,
});

/** A hosted line's calls back ring here, and no menu answers its proof: it has a name and nothing else. */
export function LineFields({ idPrefix, draft, isNameOnly, onChange }: { readonly idPrefix: string; readonly draft: LineDraft; readonly isNameOnly: boolean; readonly onChange: (draft: LineDraft) => void }) {
  return (
    <>
      <label htmlFor={`${idPrefix}-name`}>{words.lines.fields.name}</label>
      <input id={`${idPrefix}-name`} required maxLength={40} value={draft.name} autoComplete="off" onChange={(event) => onChange({ ...draft, name: event.target.value })} />
      {isNameOnly ? null : (
        <>
          <label htmlFor={`${idPrefix}-back`}>{words.lines.fields.callsBackTo}</label>
          <input id={`${idPrefix}-back`} maxLength={60} value={draft.callsBackTo} autoComplete="off" placeholder={words.lines.fields.callsBackToExample} onChange={(event) => onChange({ ...draft, callsBackTo: event.target.value })} />
          <label htmlFor={`${idPrefix}-extension`}>{words.lines.fields.extension}</label>
          <input id={`${idPrefix}-extension`} inputMode="tel" pattern="[0-9*#]{1,10}" title={words.lines.fields.extensionHelp} value={draft.extension} autoComplete="off" aria-describedby={`${idPrefix}-extension-help`} onChange={(event) => onChange({ ...draft, extension: event.target.value })} />
          <small id={`${idPrefix}-extension-help`}>{words.lines.fields.extensionHelp}</small>
        </>
      )}
    </>
  );
}
