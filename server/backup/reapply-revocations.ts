/** Makes a restored database as strict as the one that was lost: ends every open way in, and takes away again what the journal says was taken since. Runs within the restore's transaction; gives nothing to anybody. */
import { sql, type Kysely } from 'kysely';
import { appendAudit, INSTALLATION_CHAIN, type Revocation } from '#server/features/audit/index.ts';
import { linesToShowOf } from '#server/features/lines/index.ts';
import { memberRolesOf, passkeyFingerprint } from '#server/features/members/index.ts';

export interface Reapplied {
  /** Sessions, links, challenges and invitations that were open. */
  readonly endedCount: number;
  /** Revocations newer than the backup. */
  readonly revocationCount: number;
}

/** `revocations` undefined: nobody knows what was revoked since, so that access tokens end too. */
export async function reapplyRevocations(transaction: Kysely<unknown>, revocations: readonly Revocation[] | undefined, nowMs: number): Promise<Reapplied> {
  const endedCount = await endOpenWays(transaction, new Date(nowMs), revocations === undefined);
  const newer = await newerThanTheBackup(transaction, revocations ?? []);
  for (const revocation of newer) {
    await reapply(transaction, revocation);
    // In the new chain too: were this backup restored once more, the journal that follows from here on says it again.
    await appendAudit(transaction, nowMs, { practiceId: revocation.practiceId, actor: { kind: 'system' }, action: revocation.action, subject: revocation.subject ?? undefined, detail: { ...revocation.detail, reapplied: true } });
  }
  await appendAudit(transaction, nowMs, { practiceId: INSTALLATION_CHAIN, actor: { kind: 'operator' }, action: 'restored', detail: { reapplied: Math.min(newer.length, 999_999), journal: revocations !== undefined } });
  return { endedCount, revocationCount: newer.length };
}

/** Any of them may have been ended after the backup; to open them again costs a sign-in, to leave one open may cost a practice. */
async function endOpenWays(transaction: Kysely<unknown>, now: Date, endsTokens: boolean): Promise<number> {
  const statements = [
    sql`update session set ended_at = ${now} where ended_at is null`,
    sql`update sign_in_link set used_at = ${now} where used_at is null`,
    sql`delete from sign_in_challenge`,
    sql`update invitation set withdrawn_at = ${now} where used_at is null and withdrawn_at is null`,
    ...(endsTokens ? [sql`update access_token set revoked_at = ${now} where revoked_at is null`] : []),
  ];
  let total = 0;
  for (const statement of statements) total += Number((await statement.execute(transaction)).numAffectedRows ?? 0);
  return total;
}

async function newerThanTheBackup(transaction: Kysely<unknown>, revocations: readonly Revocation[]): Promise<Revocation[]> {
  const { rows } = await sql<{ practice_id: string; seq: string }>`select practice_id, max(seq) as seq from audit_entry group by practice_id`.execute(transaction);
  const lastSeqs = new Map(rows.map(({ practice_id, seq }) => [practice_id, Number(seq)]));
  const practices = new Set((await sql<{ id: string }>`select id from practice`.execute(transaction)).rows.map(({ id }) => id));
  const seen = new Set<string>();
  return revocations
    .filter(({ practiceId, seq }) => {
      // Two copies of the journal say the same; a practice made after the backup is not there to be restricted.
      const name = `${practiceId} ${seq}`;
      const isNew = seq > (lastSeqs.get(practiceId) ?? 0) && practices.has(practiceId) && !seen.has(name);
      seen.add(name);
      return isNew;
    })
    .toSorted((one, other) => one.seq - other.seq);
}

async function reapply(transaction: Kysely<unknown>, { practiceId, action, at, subject, detail }: Revocation): Promise<void> {
  const id = subject?.id ?? null;
  const since = new Date(at);
  switch (action) {
    case 'member-disabled':
      await sql`update member set disabled_at = ${since} where practice_id = ${practiceId} and id = ${id}`.execute(transaction);
      return;
    case 'member-enabled':
      await sql`update member set disabled_at = null where practice_id = ${practiceId} and id = ${id}`.execute(transaction);
      return;
    case 'member-roles-changed':
      await sql`update member set roles = ${memberRolesOf(detail)} where practice_id = ${practiceId} and id = ${id} and cardinality(${memberRolesOf(detail)}::text[]) > 0`.execute(transaction);
      return;
    case 'token-revoked':
      await sql`update access_token set revoked_at = ${since} where practice_id = ${practiceId} and id = ${id}`.execute(transaction);
      return;
    case 'passkey-removed':
      for (const { credential_id } of (await sql<{ credential_id: string }>`select credential_id from passkey`.execute(transaction)).rows) {
        if (passkeyFingerprint(credential_id) === detail['passkey']) await sql`delete from passkey where credential_id = ${credential_id}`.execute(transaction);
      }
      return;
    case 'line-expired':
      await sql`update line set proven_at = null, code_entered_at = null where practice_id = ${practiceId} and id = ${id}`.execute(transaction);
      return;
    case 'line-removed':
      await sql`update line set removed_at = ${since}, is_default = false where practice_id = ${practiceId} and id = ${id}`.execute(transaction);
      return;
    case 'lines-to-show-changed': {
      const lines = linesToShowOf(detail);
      if (lines === null) await sql`delete from lines_to_show where practice_id = ${practiceId} and member_id = ${id}`.execute(transaction);
      else await sql`insert into lines_to_show select practice_id, id, ${lines}::uuid[] from member where practice_id = ${practiceId} and id = ${id} on conflict (practice_id, member_id) do update set line_ids = excluded.line_ids`.execute(transaction);
      return;
    }
    case 'notes-destroyed':
      // By hand, before its time: its hour's key may still be there.
      if (subject?.kind === 'call') await sql`delete from note where practice_id = ${practiceId} and call_id = ${id}`.execute(transaction);
      return;
    case 'practice-disabled':
      await sql`update practice set disabled_at = ${since} where id = ${practiceId}`.execute(transaction);
      return;
    case 'practice-enabled':
      await sql`update practice set disabled_at = null where id = ${practiceId}`.execute(transaction);
      return;
  }
}
