/** For tests on a real trunk: writes a line into the practice's database as though it had been proven. The product has no such way; how one is proven is line-proof.e2e.test.ts's story. */
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { Product } from './product.ts';

export interface ProvenLine {
  readonly name: string;
  readonly number: string;
}

export const CLINIC_LINE: ProvenLine = { name: 'Lakeside Clinic', number: '+16125550100' };

export async function seedProvenLine(product: Pick<Product, 'databaseUrl'>, { name, number }: ProvenLine): Promise<void> {
  const owner = new Client({ connectionString: product.databaseUrl() });
  await owner.connect();
  try {
    await owner.query(
      `insert into line (id, practice_id, name, number, kind, is_default, created_at, proven_at, code_entered_at)
       select $1, id, $2, $3, 'verified', not exists (select from line where is_default and removed_at is null), now(), now(), now() from practice where is_demo`,
      [randomUUID(), name, number],
    );
  } finally {
    await owner.end();
  }
}
