/** The one order of all migrations. Each is a file of its own, written with the feature whose tables it makes; its number is global. */
import type { Migration } from '../migration.ts';

export const allMigrations: readonly Migration[] = [];
