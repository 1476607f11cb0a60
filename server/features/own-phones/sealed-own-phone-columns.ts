/** What own phones keep sealed, for the rotation of keys. */
import type { SealedColumn } from '#server/platform/storage/sealed-columns.ts';

export const sealedOwnPhoneColumns: readonly SealedColumn[] = [{ table: 'own_phone', column: 'number_sealed', placeTable: 'own_phone', placeColumn: 'number', rowId: 'member_id::text' }];
