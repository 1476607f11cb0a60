/** What spoken messages keep sealed, for the rotation of keys. */
import type { SealedColumn } from '#server/platform/storage/sealed-columns.ts';

export const sealedSpokenMessageColumns: readonly SealedColumn[] = ['name', 'recording'].map((column) => ({ table: 'spoken_message', column: `${column}_sealed`, placeTable: 'spoken_message', placeColumn: column, rowId: 'id::text' }));
