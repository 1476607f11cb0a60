/** The spend breaker as an admin set it again, and the countries that members asked for. No number, and no reason why: that would be a patient's. */
import type { Migration } from '../migration.ts';

export const planBreaker: Migration = {
  number: 19,
  name: 'plan-breaker',
  sql: `
alter table plan_limits add column changed_at timestamptz;
-- What was spent before no longer counts against the limits; that it was spent is not forgotten.
create table spend_breaker (
  practice_id uuid primary key references practice,
  reset_at timestamptz not null
);
create table country_request (
  practice_id uuid not null,
  country text not null check (country ~ '^[A-Z]{2}$'),
  member_id uuid not null,
  at timestamptz not null,
  primary key (practice_id, country),
  foreign key (practice_id, member_id) references member (practice_id, id)
);
alter table spend_breaker enable row level security, force row level security;
alter table country_request enable row level security, force row level security;
create policy of_the_practice on spend_breaker to quietline_app using (practice_id = current_setting('app.practice')::uuid);
create policy of_the_practice on country_request to quietline_app using (practice_id = current_setting('app.practice')::uuid);
grant select, insert, update on spend_breaker to quietline_app;
grant select, insert, update, delete on country_request to quietline_app;
`,
};
