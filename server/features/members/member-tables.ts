/** The tables of members as kysely sees them. */

export interface MemberTables {
  practice: { id: string; name: string; country: string; time_zone: string; is_sandbox: boolean; created_at: Date };
  member: { id: string; practice_id: string; name: string; created_at: Date; disabled_at: Date | null };
  sign_in_link: { token_hash: Buffer; practice_id: string; member_id: string; created_at: Date; expires_at: Date; used_at: Date | null };
  session: { id: string; token_hash: Buffer; practice_id: string; member_id: string; created_at: Date; expires_at: Date; ended_at: Date | null };
}
