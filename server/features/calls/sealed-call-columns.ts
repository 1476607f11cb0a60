/** What calls keep sealed, for the rotation of keys. */
import type { SealedColumn } from '#server/platform/storage/sealed-columns.ts';

export const sealedCallColumns: readonly SealedColumn[] = [{ table: 'call', column: 'number_sealed', placeTable: 'call', placeColumn: 'number', rowId: 'id::text' }];
