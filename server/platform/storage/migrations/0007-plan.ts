/** What a practice's members may dial and spend, and what became of each dial. No number that was dialled stands here: of a refused one, its country at most. */
import type { Migration } from '../migration.ts';

export const plan: Migration = {
  number: 7,
  name: 'plan',
  sql: `
create table plan_limits (
  practice_id uuid primary key references practice,
  limits jsonb not null
);
create table allowed_country (
  practice_id uuid not null references practice,
  country text not null check (country ~ '^[A-Z]{2}$'),
  kinds text not null check (kinds in ('fixed', 'fixed-and-mobile')),
  minutes_per_day integer not null check (minutes_per_day > 0),
  primary key (practice_id, country)
);
-- Money in millionths of the table's currency.
create table rate (
  practice_id uuid not null references practice,
  prefix text not null check (prefix ~ '^[1-9][0-9]{0,14}$'),
  micros_per_minute bigint not null check (micros_per_minute >= 0),
  connect_micros bigint not null check (connect_micros >= 0),
  first_step_s integer not null check (first_step_s > 0),
  next_step_s integer not null check (next_step_s > 0),
  primary key (practice_id, prefix)
);
create table dial_attempt (
  -- An admitted one's is the call's.
  id uuid primary key,
  practice_id uuid not null,
  member_id uuid not null,
  at timestamptz not null,
  outcome text not null check (outcome in ('admitted', 'refused', 'limited')),
  reason text,
  country text,
  is_domestic boolean,
  -- As the table stood when it was dialled: an import in the middle of a call changes no bill.
  micros_per_minute bigint,
  connect_micros bigint,
  first_step_s integer,
  next_step_s integer,
  ended_at timestamptz,
  talked_ms bigint not null default 0,
  cost_micros bigint not null default 0,
  foreign key (practice_id, member_id) references member (practice_id, id)
);
create index dial_attempt_of_member on dial_attempt (practice_id, member_id, at desc);
create index dial_attempt_log on dial_attempt (practice_id, id desc) where outcome <> 'admitted';
create index dial_attempt_priced on dial_attempt (practice_id, at desc) where outcome = 'admitted' and (micros_per_minute is not null or not is_domestic);

alter table plan_limits enable row level security, force row level security;
alter table allowed_country enable row level security, force row level security;
alter table rate enable row level security, force row level security;
alter table dial_attempt enable row level security, force row level security;
create policy of_the_practice on plan_limits to quietline_app using (practice_id = current_setting('app.practice')::uuid);
create policy of_the_practice on allowed_country to quietline_app using (practice_id = current_setting('app.practice')::uuid);
create policy of_the_practice on rate to quietline_app using (practice_id = current_setting('app.practice')::uuid);
create policy of_the_practice on dial_attempt to quietline_app using (practice_id = current_setting('app.practice')::uuid);
grant select, insert, update on plan_limits to quietline_app;
grant select, insert, update, delete on allowed_country, rate to quietline_app;
grant select, insert, update on dial_attempt to quietline_app;
`,
};
