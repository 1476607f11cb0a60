/** The tables of the plan as kysely sees them. bigint comes as text. */
import type { Limits } from '#contract/plan.ts';

export interface PlanTables {
  plan_limits: { practice_id: string; limits: Limits; changed_at: Date | null };
  spend_breaker: { practice_id: string; reset_at: Date };
  country_request: { practice_id: string; country: string; member_id: string; at: Date };
  allowed_country: { practice_id: string; country: string; kinds: 'fixed' | 'fixed-and-mobile'; minutes_per_day: number };
  rate: { practice_id: string; prefix: string; micros_per_minute: string; connect_micros: string; first_step_s: number; next_step_s: number };
  dial_attempt: {
    id: string;
    practice_id: string;
    member_id: string;
    at: Date;
    outcome: 'admitted' | 'refused' | 'limited';
    reason: string | null;
    country: string | null;
    is_domestic: boolean | null;
    micros_per_minute: string | null;
    connect_micros: string | null;
    first_step_s: number | null;
    next_step_s: number | null;
    ended_at: Date | null;
    talked_ms: string;
    cost_micros: string;
  };
}
